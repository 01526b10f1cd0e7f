// Characters in upper case as file systems compare names that don't distinguish it (Unicode's simple mapping,
// one character to one). The same whatever the locale is. Pure.
#pragma once

#include <string>
#include <string_view>

namespace burnbox {

[[nodiscard]] char32_t upper_case(char32_t character);

// The same for a text of UTF-8, for comparing: bytes that are none stay as they are.
[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace burnbox
