// What happens when a burn goes wrong while the process lives.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {

TEST_CASE("failures: a read-back that differs makes the disc suspect, and the next disc gets the session") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    house.drives[0]->change_on_disc = [&](std::string& content) {
        if (content == "1234" && house.drives[0]->loaded == "BURNBOX_0001") content = "1235";
    };
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.disc("BURNBOX_0001").reason.find("alice/holiday/data/a") != std::string::npos);
    const auto copies = house.catalogue->copies(id);
    REQUIRE(copies->size() == 1);
    CHECK(copies->front().disc_label == "BURNBOX_0002");
    CHECK(house.catalogue->disc_sessions(house.disc("BURNBOX_0001").id)->empty());
}

TEST_CASE("failures: after three bad read-backs on several drives the session fails and says what to do") {
    BurnerHouse house({"tray", "tower"});
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    const auto flip = [](std::string& content) {
        if (content == "1234") content = "1235";
    };
    for (FakeDrive* drive : house.drives) drive->change_on_disc = flip;
    house.run_patiently();
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.shelves["tray"].discs.size() + house.shelves["tower"].discs.size() == 3);
    const std::string text = house.text("alice/holiday-failed/FAILED.txt");
    CHECK(text.find("differs") != std::string::npos);
    CHECK(text.find("burnbox retry alice/holiday") != std::string::npos);
    CHECK_FALSE(house.exists("alice/holiday-failed/STATUS.txt"));
}

TEST_CASE("failures: of sessions burned together only those fail that have had their three tries") {
    BurnerHouse house;
    house.config.burn.batch.sessions = 3;
    const SessionId tried = house.queue("a", {{"x", "1"}});
    int bad = 3;
    house.drives[0]->during_write = [&]() -> Status {
        if (bad-- > 0) return fail(Errc::io, "write error 3/0c/00");
        return {};
    };
    for (int i = 0; i < 20 && house.catalogue->attempts(tried)->size() < 2; ++i) {
        (void)house.burner->run_once(0);
        house.clock.advance(std::chrono::minutes(6));
    }
    REQUIRE(house.catalogue->attempts(tried)->size() == 2);
    REQUIRE(house.row(tried).state == SessionState::queued);
    const SessionId second = house.queue("b", {{"x", "2"}}), third = house.queue("c", {{"x", "3"}});
    house.run_patiently(5);
    CHECK(house.catalogue->attempts(tried)->back().sessions.size() == 3);
    CHECK(house.row(tried).state == SessionState::failed);
    CHECK(house.exists("alice/a-failed/FAILED.txt"));
    for (const SessionId id : {second, third}) {
        CHECK(house.row(id).state == SessionState::burned);
        CHECK(house.catalogue->attempts(id)->size() == 2);
    }
    CHECK(std::ranges::count(house.event_names(), "session_failed") == 1);
}

TEST_CASE("failures: what a file or session is called decides nothing") {
    for (const std::string name : {"interrupted: x", "burned together: y", "catalogue"}) {
        CAPTURE(name);
        BurnerHouse house;
        const SessionId id = house.queue(name, {{name, "1234"}});
        house.drives[0]->change_on_disc = [](std::string& content) {
            if (content == "1234") content = "1235";
        };
        house.run_patiently();
        CHECK(house.shelves["tray"].discs.size() == 2);  // then the drive is suspect
        CHECK(house.row(id).state == SessionState::queued);
        const auto attempts = house.catalogue->attempts(id);
        REQUIRE(attempts->size() == 2);
        for (const AttemptRow& attempt : *attempts) {
            CHECK(attempt.cause == AttemptCause::mismatch);
            CHECK(attempt.spoiled);
        }
        REQUIRE(house.burner->by_hand(Burner::ByHand::retry, "tray").has_value());
        house.run_patiently();
        CHECK(house.shelves["tray"].discs.size() == 3);
        CHECK(house.row(id).state == SessionState::failed);
    }
}

TEST_CASE("failures: a drive that spoiled two discs in a row stops until a person says so, over a restart") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    house.drives[0]->change_on_disc = [](std::string& content) { content += "x"; };
    house.run_patiently();
    CHECK(house.shelves["tray"].discs.size() == 2);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason.find("burnbox retry tray") != std::string::npos);
    CHECK(house.burner->drives()[0].state == DriveActivity::waiting);
    CHECK(house.burner->drives()[0].reason.find("spoiled two discs in a row") != std::string::npos);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 1);
    house.restart();
    house.told.clear();
    house.run_patiently();
    CHECK(house.shelves["tray"].discs.size() == 2);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 1);
    REQUIRE(house.burner->by_hand(Burner::ByHand::retry, "tray").has_value());
    house.run_patiently();
    CHECK(std::ranges::count(house.event_names(), "drive_error_cleared") == 1);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK_FALSE(house.burner->by_hand(Burner::ByHand::retry, "no-such").has_value());
}

TEST_CASE("failures: a drive that is stopped leaves its sessions to the other drives of the pool") {
    BurnerHouse house({"bad", "good"});
    house.drives[0]->change_on_disc = [](std::string& content) { content += "x"; };
    std::vector<SessionId> sessions;
    for (int i = 0; i < 6; ++i) sessions.push_back(house.queue("s" + std::to_string(i), {{"a", "1"}}));
    house.run_patiently();
    CHECK(house.shelves["bad"].discs.size() == 2);
    for (const SessionId id : sessions) CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.shelves["good"].discs.size() == 1);
}

TEST_CASE("failures: a burn that failed is tried again after a second, then two") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    int bad = 1;
    house.drives[0]->change_on_disc = [&](std::string& content) {
        if (content == "1234" && bad-- > 0) content = "1235";
    };
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    house.burner->wake();  // another session came
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    house.clock.advance(std::chrono::seconds(1));
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("failures: a session that a person queues again moves back and gets three more tries") {
    BurnerHouse house({"tray", "tower"});
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    int bad = 3;
    for (FakeDrive* drive : house.drives)
        drive->change_on_disc = [&](std::string& content) {
            if (content == "1234" && bad-- > 0) content = "1235";
        };
    house.run_patiently();
    REQUIRE(house.row(id).state == SessionState::failed);
    bad = 2;
    for (const char* drive : {"tray", "tower"})
        REQUIRE(house.burner->by_hand(Burner::ByHand::retry, drive).has_value());
    REQUIRE(house.catalogue->step(id, SessionState::failed, SessionState::queued, "").has_value());
    house.run_patiently();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.exists("alice/holiday-burned/RECEIPT.txt"));
    CHECK_FALSE(house.exists("alice/holiday-burned/FAILED.txt"));
}

TEST_CASE("failures: a staged file that differs from its manifest is never burned and needs a person") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    house.inbox_fs.corrupt("alice/holiday-queued/a", 0);
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.text("alice/holiday-failed/FAILED.txt").find("differs from its manifest") !=
          std::string::npos);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 0);
    const SessionId next = house.queue("next", {{"a", "1"}});
    house.run();
    CHECK(house.catalogue->copies(next)->front().disc_label == "BURNBOX_0001");
}

TEST_CASE("failures: a damaged seal record fails its session and nothing else") {
    BurnerHouse house;
    const SessionId bad = house.queue("bad", {{"a", "1"}});
    const SessionId good = house.queue("good", {{"a", "1"}});
    REQUIRE(house.state_fs.remove("seals/seal-1.jsonl").has_value());
    house.run();
    CHECK(house.row(bad).state == SessionState::failed);
    CHECK(house.row(good).state == SessionState::burned);
}

TEST_CASE(
    "failures: a write that failed is tried again on the same disc only because the disc is as before") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    bool fails = true;
    house.drives[0]->during_write = [&]() -> Status {
        if (std::exchange(fails, false)) return fail(Errc::io, "write error 3/0c/00");
        return {};
    };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(house.row(id).reason.find("write error 3/0c/00") != std::string::npos);
    CHECK(house.text("alice/holiday-queued/STATUS.txt").find("write error 3/0c/00") != std::string::npos);
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.shelves["tray"].discs.size() == 1);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
    CHECK(house.catalogue->attempts(id)->size() == 2);
}

TEST_CASE("failures: a disc that a failed write damaged is suspect") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->after_cut = Drive::Outcome::damaged;
    house.drives[0]->during_write = [&]() -> Status {
        if (house.drives[0]->loaded == "BURNBOX_0001") return fail(Errc::io, "write error");
        return {};
    };
    house.run_patiently(2);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.catalogue->copies(id)->front().disc_label == "BURNBOX_0002");
}

TEST_CASE("failures: a drive in error rests longer each time, and a wake ends the rest") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    int tries = 0;
    house.drives[0]->during_write = [&]() -> Status { return ++tries, fail(Errc::io, "write error"); };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(house.burner->run_once(0) == false);
    house.clock.advance(std::chrono::seconds(1));
    CHECK_FALSE(house.burner->run_once(0).has_value());
    house.clock.advance(std::chrono::seconds(1));
    CHECK(house.burner->run_once(0) == false);  // two seconds now
    CHECK(tries == 2);
    CHECK(house.burner->drives()[0].state == DriveActivity::waiting);
    house.burner->wake();
    CHECK(house.burner->run_once(0) == true);  // the third failure
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
}

}  // namespace burnbox::test
