#include "common/base/time_text.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("with_time: strftime's conversions, in UTC") {
    const Timestamp time(std::chrono::seconds(1'795'428'002));
    CHECK(with_time("skim-%Y%m%dT%H%M%SZ", time) == "skim-20261123T100002Z");
    CHECK(with_time("plain", time) == "plain");
    CHECK(with_time("", time).empty());
    CHECK(with_time(std::string(2000, 'x'), time).empty());
}
