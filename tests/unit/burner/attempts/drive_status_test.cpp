#include "burner/attempts/drive_status.hpp"

#include <doctest/doctest.h>

namespace burnbox {

TEST_CASE("drive status: what a drive does is said in the contract's words") {
    CHECK(to_string(DriveActivity::idle) == "idle");
    CHECK(to_string(DriveActivity::burning) == "burning");
    CHECK(to_string(DriveActivity::verifying) == "verifying");
    CHECK(to_string(DriveActivity::waiting) == "waiting");
}

}  // namespace burnbox
