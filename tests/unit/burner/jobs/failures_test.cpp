// What happens when a burn goes wrong while the process lives.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner_house.hpp"

namespace burnbox::test {

TEST_CASE("failures: a read-back that differs makes the disc suspect, and the next disc gets the session") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    house.drives[0]->change_on_disc = [&](std::string& content) {
        if (content == "1234" && house.drives[0]->loaded == "BURNBOX_0001") content = "1235";
    };
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.disc("BURNBOX_0001").reason.find("alice/holiday/data/a") != std::string::npos);
    const auto copies = house.catalogue->copies(id);
    REQUIRE(copies->size() == 1);
    CHECK(copies->front().disc_label == "BURNBOX_0002");
    CHECK(house.catalogue->disc_sessions(house.disc("BURNBOX_0001").id)->empty());
}

TEST_CASE("failures: after three bad read-backs the session fails and says what to do") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    house.drives[0]->change_on_disc = [](std::string& content) {
        if (content == "1234") content = "1235";
    };
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.shelves["tray"].discs.size() == 3);
    const std::string text = house.text("alice/holiday-failed/FAILED.txt");
    CHECK(text.find("differs") != std::string::npos);
    CHECK(text.find("burnbox retry alice/holiday") != std::string::npos);
    CHECK_FALSE(house.exists("alice/holiday-failed/STATUS.txt"));
}

TEST_CASE("failures: a session that a person queues again moves back and gets three more tries") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1234"}});
    house.drives[0]->change_on_disc = [](std::string& content) {
        if (content == "1234") content = "1235";
    };
    house.run();
    REQUIRE(house.row(id).state == SessionState::failed);
    int bad = 2;
    house.drives[0]->change_on_disc = [&](std::string& content) {
        if (content == "1234" && bad-- > 0) content = "1235";
    };
    REQUIRE(house.catalogue->step(id, SessionState::failed, SessionState::queued, "").has_value());
    house.run();
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
    CHECK(house.burner->drives()[0].state == "waiting");
    house.burner->wake();
    CHECK(house.burner->run_once(0) == true);  // the third failure
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
}

}  // namespace burnbox::test
