// The pattern as a machine whose states are bits, all of which a character of the text moves on at once: what
// is known as Shift-And (Baeza-Yates, Gonnet 1992), with states that a star keeps alive.
#include "common/base/glob.hpp"

#include <algorithm>
#include <bitset>
#include <climits>

namespace burnbox {
namespace {

constexpr std::size_t kWordBits = 64;

using Bytes = std::bitset<UCHAR_MAX + 1>;

// Cuts one [set] off the pattern's front; false, and it stays, when it is not closed.
bool cut_set(std::string_view& pattern, Bytes& taken) {
    std::size_t i = 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    if (negated) ++i;
    const std::size_t close = pattern.find(']', i + 1);  // the first character may be a ']'
    if (close == std::string_view::npos) return false;
    Bytes found;
    while (i < close) {
        const auto low = static_cast<unsigned char>(pattern[i++]);
        auto high = low;
        if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
            high = static_cast<unsigned char>(pattern[i + 1]);
            i += 2;
        }
        for (unsigned byte = low; byte <= high; ++byte) found.set(byte);
    }
    pattern.remove_prefix(i + 1);
    taken = negated ? ~found : found;
    taken.reset('/');
    return true;
}

// What the pattern's next character stands for; cuts it off.
Bytes cut_character(std::string_view& pattern) {
    Bytes taken;
    if (pattern.front() == '[' && cut_set(pattern, taken)) return taken;
    if (pattern.front() == '?') {
        taken.set();
        taken.reset('/');
    } else {
        if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
        taken.set(static_cast<unsigned char>(pattern.front()));
    }
    pattern.remove_prefix(1);
    return taken;
}

}  // namespace

Glob::Glob(std::string_view pattern) {
    enum class Star : std::uint8_t { none, in_name, deep };
    std::vector<Bytes> characters;
    std::vector<Star> stars(1);  // before each character, and behind the last
    while (!pattern.empty()) {
        if (pattern.front() == '*') {
            stars.back() = pattern.starts_with("**") ? Star::deep : Star::in_name;
            pattern.remove_prefix(std::min(pattern.find_first_not_of('*'), pattern.size()));
        } else {
            characters.push_back(cut_character(pattern));
            stars.push_back(Star::none);
        }
    }
    characters_ = characters.size();
    words_ = characters_ / kWordBits + 1;
    led_on_by_.resize(words_ * Bytes().size());
    kept_in_name_.resize(words_);
    kept_.resize(words_);
    for (std::size_t state = 0; state <= characters_; ++state) {
        const std::size_t word = state / kWordBits;
        const Word bit = Word{1} << state % kWordBits;
        if (stars[state] != Star::none) kept_in_name_[word] |= bit;
        if (stars[state] == Star::deep) kept_[word] |= bit;
        if (state == characters_) break;
        const Bytes& taken = characters[state];
        for (std::size_t byte = taken._Find_first(); byte < taken.size(); byte = taken._Find_next(byte))
            led_on_by_[byte * words_ + word] |= bit;
    }
}

bool Glob::matches(std::string_view text) const {
    if (text.size() < characters_) return false;
    States now(words_);
    now[0] = 1;
    for (const char c : text) {
        const Word* const led_on = &led_on_by_[static_cast<unsigned char>(c) * words_];
        const States& kept = c == '/' ? kept_ : kept_in_name_;
        Word carry = 0, all = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            const Word moved = now[i] & led_on[i];
            now[i] = (now[i] & kept[i]) | moved << 1U | carry;
            carry = moved >> (kWordBits - 1);
            all |= now[i];
        }
        if (all == 0) return false;
    }
    return (now[characters_ / kWordBits] >> characters_ % kWordBits & 1U) != 0;
}

bool glob_match(std::string_view pattern, std::string_view text) {
    return Glob(pattern).matches(text);
}

}  // namespace burnbox
