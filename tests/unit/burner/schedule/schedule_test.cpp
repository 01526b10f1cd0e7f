#include "burner/schedule/schedule.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE(
    "desk: what N copies can have is the N-th largest blank of the drives, as far as they know theirs") {
    Schedule schedule;
    schedule.add_drive("cd", 700);
    schedule.add_drive("dvd", 4700);
    schedule.add_drive("any", 0);
    CHECK(schedule.blank_bytes_for({"cd", "dvd"}, 1) == 4700);
    CHECK(schedule.blank_bytes_for({"cd", "dvd"}, 2) == 700);
    CHECK(schedule.blank_bytes_for({"cd", "any"}, 1) == 0);    // whatever goes into the other one
    CHECK(schedule.blank_bytes_for({"any", "cd"}, 2) == 700);  // one of them is in this drive
    CHECK(schedule.blank_bytes_for({"any", "dvd", "cd"}, 2) == 4700);
    CHECK(schedule.blank_bytes_for({"cd", "dvd"}, 3) == 0);
    CHECK(schedule.largest_blank_bytes({"cd", "gone"}) == 700);
}
