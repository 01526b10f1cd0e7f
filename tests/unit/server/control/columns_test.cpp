#include "server/control/columns.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("columns: each is as wide as its widest cell, and no line ends with blanks") {
    CHECK(columns({{"a", "long name", "x"}, {"bb", "é", ""}}) == "a   long name  x\nbb  é\n");
    CHECK(columns({}) == "");
}

TEST_CASE("columns: numbers may stand to the right, and lines may be indented") {
    CHECK(columns({{"a", "1.0 GiB", "z"}, {"b", "20.0 GiB", "z"}}, {1}, "  ") ==
          "  a   1.0 GiB  z\n  b  20.0 GiB  z\n");
}

TEST_CASE("durations: the two largest units that matter") {
    CHECK(human_duration(0) == "0 s");
    CHECK(human_duration(59) == "59 s");
    CHECK(human_duration(200) == "3 min 20 s");
    CHECK(human_duration(7500) == "2 h 5 min");
    CHECK(human_duration(90000) == "1 day 1 h");
    CHECK(human_duration(3 * 86400) == "3 days 0 h");
}

TEST_CASE("progress: 100 % means done, never nearly done") {
    CHECK(percent(0, 0) == 0);
    CHECK(percent(999'999, 1'000'000) == 99);
    CHECK(percent(1, 1) == 100);
    CHECK(percent(~0ULL / 2, ~0ULL) == 50);
}

TEST_CASE("progress: the time left is unknown without a rate, and rounded up") {
    CHECK(seconds_left(0, 100, 0) == 0);
    CHECK(seconds_left(0, 100, 33) == 4);
    CHECK(seconds_left(100, 100, 33) == 0);
}

TEST_CASE("progress: the text says what is known") {
    CHECK(progress_text(0, 0, 0) == "");
    CHECK(progress_text(512, 1024, 0) == "50 % of 1.0 KiB");
    CHECK(progress_text(50ULL << 20U, 100ULL << 20U, 1 << 20) == "50 % of 100.0 MiB, 1.0 MiB/s, 50 s left");
}
