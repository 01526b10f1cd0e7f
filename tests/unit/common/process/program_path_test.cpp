#include "common/process/program_path.hpp"

#include <doctest/doctest.h>

TEST_CASE("program path: finds what may be run, and no folder") {
    CHECK(burnbox::is_in_path("sh"));
    CHECK_FALSE(burnbox::is_in_path("no-such-program-anywhere"));
    CHECK_FALSE(burnbox::is_in_path("../lib"));
}
