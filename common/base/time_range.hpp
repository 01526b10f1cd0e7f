// The times that records hold, and how they are written down to the nanosecond.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/clock.hpp"

namespace burnbox {

// The whole years that a disc holds, 1900 to 2155 (ECMA-119 9.1.5: a byte for the year). Files may have other
// times; every record has the first or the last of these in their place, so that all of them say what the
// disc shows.
inline constexpr Timestamp kEarliestTime{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};
inline constexpr Timestamp kLatestTime{Timestamp{std::chrono::sys_days{std::chrono::year{2156} / 1 / 1}} -
                                       std::chrono::nanoseconds(1)};
[[nodiscard]] Timestamp clamp_time(Timestamp time);
// Of a file system: seconds since 1970 (any), and nanoseconds after them (0 to 999,999,999).
[[nodiscard]] Timestamp clamp_time(std::int64_t seconds, std::int64_t nanoseconds);

// "2026-11-23T10:00:00.123456789Z": every nanosecond, always 30 characters. parse_iso8601() reads it.
[[nodiscard]] std::array<char, 30> to_exact_iso8601(Timestamp time);

}  // namespace burnbox
