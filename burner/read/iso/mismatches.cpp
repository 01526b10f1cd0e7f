#include "burner/read/iso/mismatches.hpp"

#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostMismatches = 100;

}  // namespace

bool Mismatches::full() const {
    return texts_.size() >= kMostMismatches;
}

void Mismatches::add(std::string_view path, std::string_view what) {
    if (full()) return;
    items_.emplace_back(std::string(path), std::string(what));
    texts_.push_back("/" + escape(path) + ": " + std::string(what));
}

void Mismatches::add(std::string sentence) {
    if (full()) return;
    items_.emplace_back("", sentence);
    texts_.push_back(std::move(sentence));
}

}  // namespace burnbox
