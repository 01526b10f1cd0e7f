#include <doctest/doctest.h>

#include <random>

#include "burner/image/libburnia.hpp"

using namespace burnbox;

// ECMA-119 9.1.5 and Rock Ridge's TF: a byte for the years since 1900.
TEST_CASE("disc times: every time is a second of 1900 to 2155") {
    constexpr std::int64_t kFirst = -2'208'988'800, kLast = 5'869'583'999;
    using namespace std::chrono;
    CHECK(sys_seconds(seconds(kFirst)) == sys_days(year{1900} / 1 / 1));
    CHECK(sys_seconds(seconds(kLast) + seconds(1)) == sys_days(year{2156} / 1 / 1));
    CHECK(to_disc_time(Timestamp::min()) == kFirst);
    CHECK(to_disc_time(Timestamp::max()) == kLast);
    CHECK(to_disc_time(Timestamp(nanoseconds(-1))) == -1);
    CHECK(to_disc_time(Timestamp(nanoseconds(1'999'999'999))) == 1);
    std::mt19937_64 random(14);
    for (int i = 0; i < 10'000; ++i) {
        const auto seconds = to_disc_time(Timestamp(nanoseconds(static_cast<std::int64_t>(random()))));
        CHECK((seconds >= kFirst && seconds <= kLast));
    }
}
