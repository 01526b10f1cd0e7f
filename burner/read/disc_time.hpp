// Times as a disc holds them. Pure.
#pragma once

#include <ctime>

#include "common/base/clock.hpp"

namespace burnbox {

// A time as ISO 9660 can hold it: whole seconds since 1970 UTC, years 1900 to 2155 (ECMA-119 9.1.5); what
// lies outside becomes the first or the last of them.
[[nodiscard]] std::time_t to_disc_time(Timestamp time);

}  // namespace burnbox
