// What is wrong with a session, or with the space for one, is never the drive's: the others go on.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

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
        CHECK(house.burner->drives()[0].state == DriveActivity::idle);
    }
}

TEST_CASE("turn: a worker that finds a session withdrawn is no fault of the drive") {
    for (const unsigned together : {1U, 10U}) {
        CAPTURE(together);
        BurnerHouse house;
        house.config.burn.batch.sessions = together;
        const SessionId id = house.queue("holiday", {{"a", "1"}});
        const SessionId next = house.queue("letters", {{"a", "2"}});
        bool once = true;
        house.drives[0]->before_write = [&](const BurnJob&) -> Status {
            if (!std::exchange(once, false)) return {};
            BB_CHECK(house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, ""));
            BB_CHECK(house.catalogue->remove_session(id));
            return std::unexpected(Error{Errc::not_found, ENOENT, "no sealed folder", Origin::session});
        };
        house.run();
        CHECK(house.row(next).state == SessionState::burned);
        CHECK(std::ranges::count(house.event_names(), "drive_error") == 0);
        CHECK(house.burner->drives()[0].state == DriveActivity::idle);
    }
}

TEST_CASE("turn: a session whose files can't be read waits, then fails, and the drive burns the others") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    const SessionId next = house.queue("letters", {{"a", "2"}});
    const std::string record = house.state_fs.host_path("seals/" + house.row(id).seal_id + ".jsonl");
    house.drives[0]->before_write = [&](const BurnJob& job) -> Status {
        if (job.sessions.front().seal_record != record) return {};
        return std::unexpected(Error{Errc::io, EIO, "read a: Input/output error", Origin::session});
    };
    house.run();
    CHECK(house.row(next).state == SessionState::burned);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason == "read a: Input/output error");
    house.run_patiently(10);
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 0);
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
    "turn: a session that waits for its disc, for its receipt says that it is burned, says so at each "
    "start") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    REQUIRE(house.inbox_fs.rename("alice/holiday-queued", "alice/holiday-burned", RenameMode::no_replace));
    REQUIRE(house.catalogue->set_folder(id, "holiday-burned"));
    for (int start = 0; start < 2; ++start) {
        house.restart();
        house.run();
        CHECK(house.row(id).state == SessionState::queued);
        CHECK(house.row(id).reason.find("when its disc was read again") != std::string::npos);
        CHECK_FALSE(house.exists("alice/holiday-burned/STATUS.txt"));
    }
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

namespace {

std::ptrdiff_t times(const BurnerHouse& house, EventKind kind) {
    return std::ranges::count(house.told, kind, &Event::kind);
}

}  // namespace

TEST_CASE(
    "turn: the signal of a session without space stands until it has some, whatever is tried meanwhile") {
    BurnerHouse house;
    const SessionId large = house.queue("large", {{"a", std::string(6'000'000, 'x')}});
    std::uint64_t room = 4'000'000;
    house.drives[0]->before_write = [&](const BurnJob&) -> Status {
        return house.drives[0]->needed_bytes > room
                   ? fail(Errc::no_space, std::to_string(house.drives[0]->needed_bytes) + " are needed")
                   : Status();
    };
    house.run_patiently(3);
    CHECK(times(house, EventKind::no_disc) == 1);
    CHECK(times(house, EventKind::no_disc_cleared) == 0);
    const SessionId small = house.queue("small", {{"a", "1"}});
    const SessionId huge = house.queue("huge", {{"a", std::string(7'000'000, 'x')}});
    house.burner->wake();
    house.run_patiently(3);
    CHECK(house.row(small).state == SessionState::burned);
    CHECK(times(house, EventKind::no_disc) == 1);  // what is said of the one that waits first
    CHECK(times(house, EventKind::no_disc_cleared) == 0);
    must(house.catalogue->step(large, SessionState::queued, SessionState::withdrawn, ""));
    house.burner->wake();
    house.run();
    CHECK(times(house, EventKind::no_disc) == 2);  // of the other one
    CHECK(times(house, EventKind::no_disc_cleared) == 0);
    room = 9'000'000;
    house.run_patiently(2);
    CHECK(house.row(huge).state == SessionState::burned);
    CHECK(times(house, EventKind::no_disc_cleared) == 1);
    CHECK(house.burner->drives()[0].state == DriveActivity::idle);
    CHECK(house.burner->drives()[0].reason.empty());
}

TEST_CASE("turn: the signal of a disc that can't be used stands while it is tried again") {
    BurnerHouse house;
    FakeDrive& tray = *house.drives[0];
    tray.look = [] { return false; };
    house.shelves["tray"].discs["BURNBOX_0001"].label = "BURNBOX_0001";
    tray.loaded = "BURNBOX_0001";
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    bool wrong = true;
    tray.before_write = [&](const BurnJob&) -> Status {
        return wrong ? fail(Errc::wrong_medium, "the disc is of another make") : Status();
    };
    house.run_patiently(3);
    CHECK(times(house, EventKind::wrong_medium) == 1);
    CHECK(times(house, EventKind::wrong_medium_cleared) == 0);
    wrong = false;
    house.run_patiently(1);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(times(house, EventKind::wrong_medium_cleared) == 1);
}

TEST_CASE("turn: a drive whose session was withdrawn is in error no longer once it answers") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->before_load = []() -> Status { return fail(Errc::io, "no answer"); };
    house.run_patiently(2);
    CHECK(times(house, EventKind::drive_error) == 1);
    CHECK(times(house, EventKind::drive_error_cleared) == 0);
    must(house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, ""));
    house.run_patiently(1);
    CHECK(times(house, EventKind::drive_error_cleared) == 1);
    CHECK(house.burner->drives()[0].state == DriveActivity::idle);
}

TEST_CASE("turn: all that wait for a drive that rests are told why, and no longer once it goes on") {
    BurnerHouse house;
    const SessionId one = house.queue("one", {{"a", "1"}});
    const SessionId two = house.queue("two", {{"a", "2"}});
    house.shelves["tray"].away = true;
    house.run_patiently(2);
    for (const SessionId id : {one, two}) CHECK(house.row(id).reason == "image_dir /shelf/tray is away");
    CHECK(house.text("alice/two-queued/STATUS.txt").find("image_dir /shelf/tray is away") !=
          std::string::npos);
    CHECK(times(house, EventKind::drive_error) == 0);
    house.shelves["tray"].away = false;
    bool seen = false;
    house.drives[0]->during_write = [&]() -> Status {
        if (!std::exchange(seen, true)) CHECK(house.row(two).reason.empty());
        return {};
    };
    house.run_patiently(1);
    CHECK(seen);
    CHECK(house.row(two).state == SessionState::burned);
}

TEST_CASE("turn: a folder that goes away in the middle of a burn costs no try and no disc, however long") {
    for (const bool whole : {false, true}) {
        CAPTURE(whole);
        BurnerHouse house;
        const SessionId id = house.queue("holiday", {{"a", "1"}});
        const auto goes = [&]() -> Status {
            house.shelves["tray"].away = true;
            return Status(std::unexpected(
                Error{Errc::unreachable, 0, "image_dir /shelf/tray is away", Origin::state_folder}));
        };
        (whole ? house.drives[0]->after_write : house.drives[0]->during_write) = goes;
        house.run_patiently(20);
        CHECK(house.row(id).reason == "image_dir /shelf/tray is away");
        CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
        CHECK(times(house, EventKind::drive_error) == 0);
        house.restart();
        house.run_patiently(20);
        CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
        house.shelves["tray"].away = false;
        house.run_patiently(2);
        CHECK(house.row(id).state == SessionState::burned);
        CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
        CHECK(house.shelves["tray"].discs.size() == 1);
    }
}

}  // namespace burnbox::test
