#include "common/process/fast_copies.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("fast copies: the tunable is asked for once, beside those that are set") {
    const auto alone = tunables_for_fast_copies(nullptr);
    REQUIRE(alone);
    CHECK(alone == "glibc.cpu.x86_rep_movsb_threshold=1073741824");
    CHECK(tunables_for_fast_copies("") == alone);
    CHECK(tunables_for_fast_copies("glibc.malloc.check=3") == "glibc.malloc.check=3:" + *alone);
    CHECK_FALSE(tunables_for_fast_copies(alone->c_str()));
}

TEST_CASE("fast copies: whoever set the tunable keeps his value") {
    CHECK_FALSE(tunables_for_fast_copies("glibc.cpu.x86_rep_movsb_threshold=4096"));
}
