// Characters of UTF-8. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace burnbox {

// The character whose first byte is at `at`; 0 bytes when none begins there.
struct Utf8Character {
    char32_t code = 0;
    std::size_t bytes = 0;
};
[[nodiscard]] Utf8Character utf8_character(std::string_view text, std::size_t at);

void append_utf8(std::string& out, char32_t character);

}  // namespace burnbox
