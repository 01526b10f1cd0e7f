// What is wrong with a session, or with the space for one, is never the drive's: the others go on.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner_house.hpp"

namespace burnbox::test {

TEST_CASE("turn: a session that is withdrawn the moment a drive takes it is no fault of the drive") {
    for (const bool row_is_gone : {false, true}) {
        CAPTURE(row_is_gone);
        BurnerHouse house;
        const SessionId id = house.queue("holiday", {{"a", "1"}});
        const SessionId next = house.queue("letters", {{"a", "2"}});
        bool once = true;
        house.drives[0]->before_load = [&]() -> Status {
            if (!std::exchange(once, false)) return {};
            BB_CHECK(house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, ""));
            BB_CHECK(house.state_fs.remove("seals/seal-1.jsonl"));
            return row_is_gone ? house.catalogue->remove_session(id) : Status();
        };
        house.run();
        CHECK(house.row(next).state == SessionState::burned);
        CHECK(std::ranges::count(house.event_names(), "drive_error") == 0);
        CHECK(house.burner->drives()[0].state == "idle");
    }
}

TEST_CASE("turn: no space for a large image is that session's wait, and a smaller one behind it is burned") {
    BurnerHouse house;
    const SessionId large = house.queue("large", {{"a", std::string(6'000'000, 'x')}});
    const SessionId small = house.queue("small", {{"a", "1"}});
    std::uint64_t room = 4'000'000;
    house.drives[0]->before_write = [&](const BurnJob&) -> Status {
        return house.drives[0]->needed_bytes > room ? fail(Errc::no_space, "the file system has 4 MB free")
                                                    : Status();
    };
    house.run();
    CHECK(house.row(large).state == SessionState::queued);
    CHECK(house.row(large).reason.find("4 MB free") != std::string::npos);
    CHECK(house.row(small).state == SessionState::burned);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 0);
    CHECK(std::ranges::count(house.event_names(), "no_disc") != 0);
    house.clock.advance(std::chrono::minutes(6));
    house.run();
    CHECK(house.row(large).state == SessionState::queued);
    room = 9'000'000;
    house.clock.advance(std::chrono::minutes(6));
    house.run();
    CHECK(house.row(large).state == SessionState::burned);
    CHECK(house.event_names().back() != "no_disc");
}

TEST_CASE("turn: another drive of the pool takes what one has no space for") {
    BurnerHouse house({"tray", "spare"});
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->before_write = [](const BurnJob&) -> Status { return fail(Errc::no_space, "full"); };
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.catalogue->copies(id)->front().drive == "spare");
}

TEST_CASE("turn: a file system that fills up in the middle of a burn costs the session no try") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    int full = 5;
    house.drives[0]->during_write = [&]() -> Status {
        return full-- > 0 ? fail(Errc::no_space, "No space left on device") : Status();
    };
    house.run_patiently(8);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.shelves["tray"].discs.size() == 1);
}

TEST_CASE(
    "turn: a session whose pool has another name now is told so, and goes on when it has its own again") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.restart();
    house.config.pools["other"] = house.config.pools.at("default");
    house.config.pools.erase("default");
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason.find("no pool default any more") != std::string::npos);
    CHECK(house.text("alice/holiday-queued/STATUS.txt").find("no pool default any more") !=
          std::string::npos);
    house.config.pools["default"] = house.config.pools.at("other");
    house.restart();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
}

}  // namespace burnbox::test
