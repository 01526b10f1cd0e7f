#include "server/skim/selection.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::skim {
namespace {

bool matches(const std::string& pattern, std::string_view path) {
    if (glob_match(pattern, path)) return true;
    return pattern.find('/') == std::string::npos && glob_match(pattern, base_name(path));
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view path) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, path); });
}

}  // namespace

Selection::Selection(std::vector<std::string> include, std::vector<std::string> exclude)
    : include_(std::move(include)),
      exclude_(std::move(exclude)),
      includes_all_(std::ranges::find(include_, "**") != include_.end()) {}

bool Selection::excludes(std::string_view path) const {
    return any_matches(exclude_, path);
}

bool Selection::takes(std::string_view path) const {
    return (includes_all_ || any_matches(include_, path)) && !excludes(path);
}

bool Selection::covers(std::string_view path) const {
    for (std::string_view folder = parent_path(path); !folder.empty(); folder = parent_path(folder))
        if (excludes(folder)) return false;
    return takes(path);
}

}  // namespace burnbox::skim
