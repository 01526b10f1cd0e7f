#include "burner/operations/adjudication_rules.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

// After two disc sessions, while a third was being burned.
const DiscIdentity kBefore{
    .label = "BURNBOX_0001", .serial = "serial", .sessions_used = 2, .next_lba = 500, .head_digest = ""};

Medium medium(unsigned sessions_used, std::uint32_t next_lba) {
    Medium now;
    now.state = MediumState::appendable;
    now.readable = true;
    now.label = kBefore.label;
    now.serial = kBefore.serial;
    now.sessions_used = sessions_used;
    now.next_lba = next_lba;
    return now;
}

}  // namespace

TEST_CASE("adjudication rules: as before, one more, or neither") {
    CHECK(adjudicate_medium(medium(2, 500), kBefore, 3) == Drive::Outcome::untouched);
    CHECK(adjudicate_medium(medium(3, 900), kBefore, 3) == Drive::Outcome::written);
    CHECK(adjudicate_medium(medium(2, 900), kBefore, 3) == Drive::Outcome::damaged);
    CHECK(adjudicate_medium(medium(1, 300), kBefore, 3) == Drive::Outcome::damaged);
}

TEST_CASE("adjudication rules: a disc with more disc sessions than the attempt could make is not blamed") {
    CHECK(adjudicate_medium(medium(4, 1200), kBefore, 3) == Drive::Outcome::holds_more);
    CHECK(adjudicate_medium(medium(7, 3000), kBefore, 3) == Drive::Outcome::holds_more);
}
