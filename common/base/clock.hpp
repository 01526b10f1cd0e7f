// Time as a seam: everything that stores or compares times asks a Clock, so that tests decide what time it
// is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace burnbox {

using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;  // UTC
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;          // wall clock, may jump
    [[nodiscard]] virtual SteadyTime steady_now() const = 0;  // never goes back
};

// The machine's clock.
[[nodiscard]] const Clock& system_clock();

// "2026-11-23T10:00:00Z"; fractions of a second are cut off.
[[nodiscard]] std::string to_iso8601(Timestamp time);
[[nodiscard]] std::optional<Timestamp> parse_iso8601(std::string_view text);

}  // namespace burnbox
