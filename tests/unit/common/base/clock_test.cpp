#include "common/base/clock.hpp"

#include "common/base/time_range.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

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

namespace {

std::string exact(Timestamp time) {
    const auto text = to_exact_iso8601(time);
    return {text.data(), text.size()};
}

}  // namespace

TEST_CASE(
    "clock: every 64 bits of nanoseconds are written and read back as they are, or as the nearest year's "
    "end") {
    const auto check = [](std::int64_t nanoseconds) {
        CAPTURE(nanoseconds);
        const Timestamp time{std::chrono::nanoseconds(nanoseconds)};
        const Timestamp kept = clamp_time(time);
        CHECK((kept == time || (time < kEarliestTime && kept == kEarliestTime) ||
               (time > kLatestTime && kept == kLatestTime)));
        CHECK(parse_iso8601(exact(time)) == kept);
        CHECK(parse_iso8601(to_iso8601(time)) == std::chrono::floor<std::chrono::seconds>(kept));
    };
    using Limits = std::numeric_limits<std::int64_t>;
    for (const std::int64_t edge : {Limits::min(), Limits::max(), kEarliestTime.time_since_epoch().count(),
                                    kLatestTime.time_since_epoch().count(), std::int64_t{0}})
        for (std::int64_t step = -2; step <= 2; ++step)
            if (edge != Limits::min() ? (edge != Limits::max() || step <= 0) : step >= 0) check(edge + step);
    std::mt19937_64 random(12);
    for (int i = 0; i < 20'000; ++i) check(static_cast<std::int64_t>(random()));
}

TEST_CASE("clock: times of a file system that no record can hold become the nearest that one can") {
    const auto check = [](std::int64_t seconds, std::int64_t nanoseconds) {
        CAPTURE(seconds);
        const Timestamp time = clamp_time(seconds, nanoseconds);
        CHECK(time == clamp_time(time));
        CHECK(parse_iso8601(exact(time)) == time);
        return time;
    };
    using Limits = std::numeric_limits<std::int64_t>;
    CHECK(check(Limits::min(), 0) == kEarliestTime);
    CHECK(check(Limits::max(), 999'999'999) == kLatestTime);
    CHECK(check(-11'644'473'600, 0) == kEarliestTime);  // 1601-01-01: the zero of NTFS
    CHECK(check(-2'208'988'801, 999'999'999) == kEarliestTime);
    CHECK(exact(check(-2'208'988'800, 1)) == "1900-01-01T00:00:00.000000001Z");
    CHECK(exact(check(-1, 500'000'000)) == "1969-12-31T23:59:59.500000000Z");
    CHECK(exact(check(4'294'967'296, 0)) == "2106-02-07T06:28:16.000000000Z");
    CHECK(exact(check(5'869'583'999, 999'999'999)) == "2155-12-31T23:59:59.999999999Z");
    CHECK(check(5'869'584'000, 0) == kLatestTime);
    CHECK(check(253'402'300'799, 0) == kLatestTime);  // 9999-12-31
    std::mt19937_64 random(13);
    for (int i = 0; i < 20'000; ++i)
        check(static_cast<std::int64_t>(random()) >> (random() % 64),
              static_cast<std::int64_t>(random() % 1'000'000'000));
}

TEST_CASE("clock: years of four digits are read, other texts are no times") {
    CHECK(parse_iso8601("0000-01-01T00:00:00Z") == kEarliestTime);
    CHECK(parse_iso8601("0999-12-31T23:59:59.999999999Z") == kEarliestTime);
    CHECK(parse_iso8601("1601-01-01T00:00:00.000000000Z") == kEarliestTime);
    CHECK(parse_iso8601("1677-09-21T00:12:43.145224192Z") == kEarliestTime);
    CHECK(parse_iso8601("2262-04-11T23:47:16.854775807Z") == kLatestTime);
    CHECK(parse_iso8601("9999-12-31T23:59:59Z") == kLatestTime);
    for (const char* bad :
         {"-001-01-01T00:00:00Z", "+999-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "999-01-01T00:00:00Z",
          "2026-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
          "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00,000000000Z",
          "2026-01-01T00:00:00.00000000 Z", "2026-01-01 00:00:00Z", "2026-01-01T 1:00:00Z"})
        CHECK_FALSE_MESSAGE(parse_iso8601(bad).has_value(), bad);
}
