#include "burner/image/volume_id.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace burnbox;

TEST_CASE("volume id: labels of plain characters are taken") {
    for (const char* label : {"A", "BURNBOX_0001", "0", "_", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"})
        CHECK(check_label(label));
}

TEST_CASE("volume id: everything else is refused") {
    for (const char* label :
         {"", "lower", "A B", "A/B", "..", "A.ISO", "\xc3\x84", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456"})
        CHECK_FALSE(check_label(label));
}
