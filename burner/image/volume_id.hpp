// A disc's label as a volume identifier. Pure.
#pragma once

#include <string_view>

#include "common/base/error.hpp"

namespace burnbox {

inline constexpr std::size_t kLabelBytes = 32;        // ECMA-119 8.4.7
inline constexpr std::size_t kJolietLabelBytes = 16;  // the same field in UCS-2

// 1 to 32 of A-Z 0-9 _ (ECMA-119 d-characters), so that it is also a safe file name. The error says what is
// allowed.
[[nodiscard]] Status check_label(std::string_view label);

}  // namespace burnbox
