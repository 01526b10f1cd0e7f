// Times as configurations write them. Pure.
#pragma once

#include <string>

#include "common/base/clock.hpp"

namespace burnbox {

// `pattern` with strftime's conversions replaced, in UTC; "" when that is longer than 1,000 bytes.
[[nodiscard]] std::string with_time(const std::string& pattern, Timestamp time);

}  // namespace burnbox
