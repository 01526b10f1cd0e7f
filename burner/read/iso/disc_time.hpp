// Times as a disc holds them. Pure.
#pragma once

#include <ctime>

#include "common/base/clock.hpp"

namespace burnbox {

// A time as ISO 9660 can hold it: whole seconds since 1970 UTC, those of clamp_time().
[[nodiscard]] std::time_t to_disc_time(Timestamp time);

}  // namespace burnbox
