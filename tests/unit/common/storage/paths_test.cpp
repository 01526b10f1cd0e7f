#include "common/storage/paths.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("paths: what lies at or below a folder") {
    CHECK(is_at_or_below("a/b", "a"));
    CHECK(is_at_or_below("a", "a"));
    CHECK_FALSE(is_at_or_below("ab", "a"));
    CHECK_FALSE(is_at_or_below("a", "a/b"));
    CHECK(is_at_or_below("/srv/discs", "/srv"));
    CHECK(is_at_or_below("/srv", "/"));
    CHECK(is_at_or_below("/", "/"));
}
