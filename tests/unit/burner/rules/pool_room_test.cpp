#include "burner/rules/pool_room.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

DiscRow disc(const std::string& drive, std::uint64_t free_bytes, DiscState state = DiscState::open) {
    DiscRow row;
    row.drive = drive, row.pool = "default", row.state = state;
    row.capacity_bytes = 1000, row.free_bytes = free_bytes;
    row.sessions_used = 1, row.sessions_left = 5;
    return row;
}

const std::vector<PoolDrive> kTwo = {{"one", 1000, true}, {"two", 2000, true}};

}  // namespace

TEST_CASE("pool room: the open disc's rest, not the next blank's, is what can still be taken") {
    CHECK(pool_room({disc("one", 300)}, "default", {kTwo[0]}, 1) == PoolRoom{1000, 300});
    CHECK(pool_room({disc("one", 300), disc("one", 400)}, "default", {kTwo[0]}, 1) == PoolRoom{1000, 400});
}

TEST_CASE("pool room: full, closed, suspect and other pools' discs don't count; then a blank does") {
    DiscRow other = disc("one", 300);
    other.pool = "other";
    DiscRow used_up = disc("one", 300);
    used_up.sessions_left = 0;
    CHECK(pool_room({disc("one", 1, DiscState::full), disc("one", 300, DiscState::suspect), other, used_up},
                    "default", {kTwo[0]}, 1) == PoolRoom{1000, 1000});
    CHECK(pool_room({}, "default", {{"one", 1000, false}}, 1) == PoolRoom{0, 0});
    CHECK_FALSE(pool_room({}, "default", {{"one", 0, true}}, 1));
}

TEST_CASE("pool room: every copy must fit, each on a drive of its own") {
    CHECK(pool_room({disc("one", 300)}, "default", kTwo, 1) == PoolRoom{2000, 2000});
    CHECK(pool_room({disc("one", 300)}, "default", kTwo, 2) == PoolRoom{1000, 300});
    CHECK_FALSE(pool_room({}, "default", kTwo, 3));
}
