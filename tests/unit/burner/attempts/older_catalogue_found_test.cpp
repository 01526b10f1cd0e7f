// An older copy of the catalogue is put back: what is found on discs, what differs, and what was failed then.
#include <doctest/doctest.h>

#include "tests/unit/burner/attempts/older_catalogue_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("older catalogue: what was queued then and is on the disc by now is not burned once more") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    house.run();
    const SessionId second = house.queue("s2", kFiles);
    house.copy_catalogue("old");
    house.run();
    house.put_catalogue_back("old");
    REQUIRE(house.row(second).state == SessionState::queued);
    house.run();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s2") == 1);
    CHECK(house.shelves["tray"].discs.size() == 1);
}

TEST_CASE("older catalogue: a disc begun since is read, and nothing more is burned on it") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.queue("s1", kFiles);
    house.run();
    const SessionId second = house.queue("s2", kFiles);
    house.copy_catalogue("old");
    house.run();
    REQUIRE(house.shelves["tray"].discs.contains("BURNBOX_0002"));
    house.put_catalogue_back("old");
    house.shelves["tray"].session_limit = 5;
    house.run();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
    CHECK(house.disc("BURNBOX_0002").state == DiscState::closed);
    house.queue("s3", kFiles);
    house.run();
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0002").sessions.size() == 1);
    CHECK(is_burned(house, "s3"));
}

TEST_CASE(
    "older catalogue: a disc begun since is only read, also when its reading was cut off in the middle") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.queue("s1", kFiles);
    house.run();
    house.copy_catalogue("old");
    house.shelves["tray"].session_limit = 2;
    for (const char* name : {"s2", "s3"}) {
        house.queue(name, kFiles);
        house.run();
    }
    REQUIRE(house.shelves["tray"].discs.at("BURNBOX_0002").sessions.size() == 2);
    house.shelves["tray"].session_limit = 5;
    house.put_catalogue_back("old");
    int reads = 0;
    house.drives[0]->before_verify = [&]() -> Status {
        return ++reads == 2 ? fail(Errc::busy, "the server was stopped") : Status();
    };
    for (int step = 0; step < 6 && reads < 2; ++step) (void)house.burner->run_once(0);
    REQUIRE(reads == 2);
    CHECK(house.disc("BURNBOX_0002").state == DiscState::closed);
    SUBCASE("goes on") {}
    SUBCASE("a restart") {
        house.restart();
    }
    house.run_patiently(5);
    house.queue("s4", {{"d", "4"}});
    house.run_patiently(5);
    const DiscRow disc = house.disc("BURNBOX_0002");
    CHECK(disc.state == DiscState::closed);
    CHECK(disc.sessions_used == 2);
    CHECK_FALSE(disc.head_digest.empty());
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2", "s3"});
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0002").sessions.size() == 2);
    CHECK(is_burned(house, "s4"));
}

TEST_CASE("older catalogue: a seal record says more than a disc without bags, and is kept") {
    BurnerHouse house;
    house.config.burn.layout = Layout::plain;
    house.restart();
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.drives[0]->after_write = [&] { return fail(Errc::unreachable, "gone"); };
    house.run();
    const std::string record = *read_file(house.state_fs, "seals/seal-1.jsonl", 1U << 20U);
    house.put_catalogue_back("old");
    house.repair();
    house.run_patiently();
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["tray"].discs.size() == 1);
    CHECK(*read_file(house.state_fs, "seals/seal-1.jsonl", 1U << 20U) == record);
    CHECK(house.exists("alice/s1-burned/BURN"));  // no layout but bags has a place for it
}

TEST_CASE("older catalogue: a disc session that differs, or is none of ours, makes the disc suspect") {
    BurnerHouse house;
    burn_three(house);
    FakeDisc& disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    SUBCASE("a file differs") {
        disc.sessions[1].entries.at("alice/s2/data/a.txt").content = "oen";
    }
    SUBCASE("a file belongs to no session") {
        disc.sessions[1].entries["stranger.txt"] = {FileType::file, "hello", 5000};
    }
    house.put_catalogue_back("old");
    const std::size_t before = disc.sessions.size();
    house.run();
    CHECK(disc.sessions.size() == before);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.disc("BURNBOX_0001").reason.find("more than the catalogue knows") != std::string::npos);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(is_burned(house, "s1"));
}

TEST_CASE("older catalogue: an image that changes while it is copied back is not judged before it is whole") {
    BurnerHouse house;
    const FakeDisc disc = forget_all(house);
    FakeDisc torn = disc;
    torn.sessions[0].whole = false;
    house.shelves["tray"].discs["BURNBOX_0001"] = torn;
    house.run();
    house.clock.advance(std::chrono::seconds(3));
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    for (int look = 0; look < 4; ++look) {
        house.run();
        house.clock.advance(std::chrono::seconds(3));
    }
    check_taken_in(house);
}

TEST_CASE(
    "older catalogue: a failed session that is found on a disc has its folder, and its other copies are "
    "made") {
    BurnerHouse house({"tray", "spare"}, 2);
    SUBCASE("the disc is known") {
        fail_on_the_second_disc(house, true);
    }
    SUBCASE("nothing else tells of the disc") {
        fail_on_the_second_disc(house, false);
    }
    house.put_state_back("old");
    house.repair();
    REQUIRE_FALSE(find(house, "s1"));
    house.run();
    auto row = find(house, "s1");
    REQUIRE(row);
    CHECK(row->state == SessionState::failed);
    CHECK(row->folder == "s1-failed");
    CHECK(row->reason.find("FAILED.txt") != std::string::npos);
    CHECK(house.catalogue->copies(row->id)->size() == 1);
    REQUIRE(house.catalogue->step(row->id, SessionState::failed, SessionState::queued, "once more"));
    house.run();
    row = find(house, "s1");
    CHECK(row->state == SessionState::burned);
    CHECK(row->folder == "s1-burned");
    CHECK(house.catalogue->copies(row->id)->size() == 2);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s1") == 1);
}

TEST_CASE("older catalogue: a failed session that is found on as many discs as it needs is burned") {
    BurnerHouse house({"tray", "spare"}, 2);
    fail_on_the_second_disc(house, false);
    house.config.pools["default"].copies = 1;
    house.put_state_back("old");
    house.repair();
    house.run();
    CHECK(is_burned(house, "s1"));
    CHECK(find(house, "s1")->folder == "s1-burned");
    CHECK(house.text("alice/s1-burned/a.txt") == "one");
    CHECK(house.text("alice/s1-burned/receipt.json").find("BURNBOX_0001") != std::string::npos);
}

TEST_CASE("older catalogue: a failed folder with another content is not that of the session on the disc") {
    BurnerHouse house({"tray", "spare"}, 2);
    fail_on_the_second_disc(house, true);
    house.put_state_back("old");
    REQUIRE(replace_file(house.inbox_fs, "alice/s1-failed/a.txt", "eno"));
    house.repair();
    house.run();
    REQUIRE(find(house, "s1"));
    CHECK(find(house, "s1")->folder.empty());
    CHECK(house.text("alice/s1-failed/a.txt") == "eno");
}

TEST_CASE("older catalogue: the record of a session's recovery data stays when the disc has the same") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("s1", kFiles);
    house.hold();
    REQUIRE(*house.burner->prepare_once());
    house.copy_catalogue("old");
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    const std::string record = must(read_file(house.state_fs, parity_record_path("seal-1"), 1U << 20U));
    house.put_catalogue_back("old");
    house.run();
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s1") == 1);
    CHECK(must(read_file(house.state_fs, parity_record_path("seal-1"), 1U << 20U)) == record);
}
