#include "burner/schedule/burn_job.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("burn job: a disc that was closed stays the kind and size that it was") {
    DiscRow disc;
    Medium medium;
    medium.state = MediumState::appendable, medium.profile = "bd-r-dl", medium.sessions_used = 1;
    medium.capacity_bytes = 50'050'629'632, medium.free_bytes = 40'000'000'000;
    update_from_medium(disc, medium);
    CHECK(disc.medium == "bd-r-dl");

    medium.state = MediumState::closed, medium.profile = "bd-r", medium.sessions_used = 2;
    medium.capacity_bytes = 0, medium.free_bytes = 0;
    update_from_medium(disc, medium);
    CHECK(disc.medium == "bd-r-dl");
    CHECK(disc.capacity_bytes == 50'050'629'632);
    CHECK(disc.sessions_used == 2);
    CHECK(disc.state == DiscState::closed);

    DiscRow unknown;
    update_from_medium(unknown, medium);
    CHECK(unknown.medium == "bd-r");
}
