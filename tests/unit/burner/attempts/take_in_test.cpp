// What is taken in of a disc, and what the catalogue says of it and of its sessions then.
#include "burner/attempts/take_in.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "burner/attempts/read_back.hpp"
#include "tests/support/must.hpp"
#include "tests/unit/burner/attempts/older_catalogue_house.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

SessionRow row_of(BurnerHouse& house, const std::string& name) {
    return house.catalogue->find_session("alice", name).value().value_or(SessionRow());
}

// The first of the two disc sessions on the disc of drive "a" is taken in, and then the server is stopped.
void stop_in_the_middle_of_a_disc(BurnerHouse& house) {
    house.copy_catalogue("old");
    for (const char* name : {"s1", "s2"}) {
        house.queue(name, kFiles);
        house.run();
    }
    REQUIRE(house.shelves["a"].discs.at("BURNBOX_0001").sessions.size() == 2);
    house.put_catalogue_back("old");
    house.repair();
    int reads = 0;
    house.drives[0]->before_verify = [&]() -> Status {
        return ++reads == 2 ? fail(Errc::busy, "the server was stopped") : Status();
    };
    for (int step = 0; step < 6 && reads < 2; ++step) (void)house.burner->run_once(0);
    REQUIRE(house.disc("BURNBOX_0001").sessions_used == 1);
    REQUIRE(house.catalogue->copies(row_of(house, "s1").id)->size() == 1);
    house.drives[0]->before_verify = nullptr;
}

}  // namespace

TEST_CASE("take-in: a payload stays while the image that holds it is away, also one that was read in part") {
    BurnerHouse house({"a", "b"});
    stop_in_the_middle_of_a_disc(house);
    house.config.session.keep_burned = {KeepBurned::How::for_time, 1s};
    const auto discs = house.shelves["a"].discs;
    SUBCASE("its shelf is away") {
        house.shelves["a"].away = true;
    }
    SUBCASE("it is on no shelf") {
        house.shelves["a"].discs.clear();
    }
    const bool is_missing = !house.shelves["a"].away;
    house.restart();
    house.clock.advance(1h);
    house.run_patiently(2);
    CHECK(house.exists("alice/s1-burned/a.txt"));
    CHECK(house.disc("BURNBOX_0001").missing_since.has_value() == is_missing);
    const auto report = house.verify(row_of(house, "s1").id, "BURNBOX_0001");
    REQUIRE_FALSE(report);
    CHECK(report.error().message.find("in no drive") == std::string::npos);

    house.shelves["a"].away = false;
    house.shelves["a"].discs = discs;
    house.run_patiently(3);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1", "s2"});
    CHECK_FALSE(house.exists("alice/s1-burned/a.txt"));
}

TEST_CASE("take-in: an image that was closed since the catalogue was copied is closed at the look-over") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    house.run();
    house.copy_catalogue("old");
    house.shelves["tray"].discs.at("BURNBOX_0001").closed = true;
    house.put_catalogue_back("old");
    REQUIRE(house.disc("BURNBOX_0001").state == DiscState::open);
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(house.disc("BURNBOX_0001").free_bytes == 0);
    house.queue("s2", kFiles);
    house.run();
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
    const auto events = house.event_names();
    CHECK(std::ranges::count(events, "drive_error") == 0);
}

TEST_CASE("take-in: a disc that was closed since is closed when it is met in a drive with a tray") {
    BurnerHouse house;
    house.drives[0]->look = [] { return true; };
    house.drives[0]->loaded = "BURNBOX_0001";
    house.shelves["tray"].discs["BURNBOX_0001"] = {.label = "BURNBOX_0001", .serial = {}, .sessions = {}};
    house.queue("s1", kFiles);
    house.run();
    REQUIRE(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    house.shelves["tray"].discs.at("BURNBOX_0001").closed = true;
    house.restart();
    house.drives[0]->look = [] { return true; };
    house.drives[0]->loaded = "BURNBOX_0001";
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
}

TEST_CASE("take-in: what a disc of a kind that nothing is burned on any more holds is taken in") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    house.run();
    house.copy_catalogue("old");
    house.queue("s2", kFiles);
    house.run();
    FakeDisc& disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    REQUIRE(disc.sessions.size() == 2);
    disc.of_refused_kind = true;
    house.put_catalogue_back("old");
    house.drives[0]->look = [] { return true; };
    house.drives[0]->loaded = "BURNBOX_0001";
    house.run();
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1", "s2"});
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(house.disc("BURNBOX_0001").reason.find("write_once_only") != std::string::npos);
    CHECK(row_of(house, "s2").state == SessionState::burned);
}

TEST_CASE("take-in: a suspicion is over on a disc that can be read, whether it takes more or not") {
    DiscRow disc;
    disc.state = DiscState::suspect, disc.suspicion = Suspicion::differs, disc.serial = "s";
    disc.sessions_used = 1, disc.next_lba = 900, disc.suspect_at = Timestamp(10s);
    DiscSessionRow row;
    row.session = 1, row.checked_at = Timestamp(11s);
    Medium medium;
    medium.state = MediumState::foreign, medium.serial = "s", medium.sessions_used = 1, medium.next_lba = 900;
    CHECK_FALSE(suspicion_is_over(disc, {row}, medium));
    medium.readable = true;
    CHECK(suspicion_is_over(disc, {row}, medium));
}

TEST_CASE("take-in: a session that came back from its receipt gets its content from the disc") {
    BurnerHouse house;
    house.copy_state("old");
    const SessionId id = house.queue("s1", kFiles);
    house.run();
    const Sha256 content = house.row(id).content_digest;
    house.put_state_back("old");
    house.repair();
    REQUIRE(row_of(house, "s1").state == SessionState::burned);
    REQUIRE(row_of(house, "s1").content_digest == Sha256());
    house.run();
    REQUIRE(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(row_of(house, "s1").content_digest == content);
    const auto same = house.catalogue->find_same_content("alice", "s1", content).value();
    REQUIRE(same);
    CHECK(same->id == row_of(house, "s1").id);
}

TEST_CASE("take-in: of a session that came back from its receipt another one of that name and size is told") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.copy_state("old");
    house.queue("s1", kFiles);
    house.run();
    must(remove_tree(house.inbox_fs, "alice/s1-burned"));
    const FakeDisc first = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    house.put_state_back("old");
    house.clock.advance(1h);
    const SessionId id = house.queue("s1", {{"a.txt", "eno"}, {"folder/b.txt", "owt"}});
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    const Sha256 content = house.row(id).content_digest;
    house.shelves["tray"].discs["A"] = first;
    house.shelves["tray"].discs["A"].label = "A";
    house.put_state_back("old");
    house.repair();
    REQUIRE(row_of(house, "s1").state == SessionState::burned);
    house.run();
    const SessionRow row = row_of(house, "s1");
    CHECK(row.content_digest == content);
    REQUIRE(house.catalogue->copies(row.id)->size() == 1);
    CHECK(house.catalogue->copies(row.id)->front().disc_label != "A");
}

}  // namespace burnbox::test
