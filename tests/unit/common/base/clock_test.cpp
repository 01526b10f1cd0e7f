#include "common/base/clock.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("clock: ISO 8601 both ways, fractions cut off") {
    const Timestamp time{std::chrono::seconds(1'795'428'000) + std::chrono::nanoseconds(999'999'999)};
    CHECK(to_iso8601(time) == "2026-11-23T10:00:00Z");
    CHECK(parse_iso8601("2026-11-23T10:00:00Z") == Timestamp(std::chrono::seconds(1'795'428'000)));
    CHECK(to_iso8601(Timestamp(std::chrono::nanoseconds(-1))) == "1969-12-31T23:59:59Z");
    for (const char* bad : {"", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23T10:00:00Zx", "yesterday"})
        CHECK_FALSE(parse_iso8601(bad).has_value());
}

TEST_CASE("clock: steady time never goes back") {
    const SteadyTime first = system_clock().steady_now();
    CHECK(system_clock().steady_now() >= first);
}
