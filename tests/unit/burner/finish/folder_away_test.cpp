#include <doctest/doctest.h>

#include <algorithm>

#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::map<std::string, std::string> kFiles = {{"a.txt", "one"}, {"folder/b.txt", "two"}};

void move(BurnerHouse& house, const std::string& from, const std::string& to) {
    must(house.inbox_fs.rename(from, to, RenameMode::no_replace));
}

std::ptrdiff_t times_told(const BurnerHouse& house, const std::string& event) {
    return std::ranges::count(house.event_names(), event);
}

// Its folder was taken away while it burned.
SessionId burned_without_folder(BurnerHouse& house) {
    const SessionId id = house.queue("s1", kFiles);
    while (house.row(id).state != SessionState::burned) must(house.burner->run_once(0));
    move(house, "alice/s1-queued", "aside");
    house.run();
    CHECK(house.row(id).folder.empty());
    CHECK(times_told(house, "session_burned") == 1);  // whoever waits for it, or counts what is queued
    return id;
}

void check_burned_once(BurnerHouse& house, SessionId id) {
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(id).folder == "s1-burned");
    CHECK(house.exists("alice/s1-burned/RECEIPT.txt"));
    CHECK_FALSE(house.exists("alice/s1-burned/STATUS.txt"));
    CHECK(house.catalogue->sessions("alice")->size() == 1);
    CHECK(house.shelves["tray"].discs.size() == 1);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
}

}  // namespace

TEST_CASE("folder away: one that was away at the burn's end gets its receipt within seconds of its return") {
    BurnerHouse house;
    const SessionId id = burned_without_folder(house);
    house.clock.advance(std::chrono::hours(5));
    house.run();
    std::string back;
    SUBCASE("as queued") {
        back = "alice/s1-queued";
    }
    SUBCASE("under the name that it should have") {
        back = "alice/s1-burned";
    }
    SUBCASE("with a number") {
        back = "alice/s1-queued-2";
    }
    move(house, "aside", back);
    house.clock.advance(std::chrono::seconds(3));
    house.run();
    check_burned_once(house, id);
    CHECK_FALSE(house.exists("alice/s1-burned/BURN"));
    CHECK(times_told(house, "session_burned") == 1);
}

TEST_CASE("folder away: put back while burnbox was down, or later, it is found by the next start") {
    BurnerHouse house;
    const SessionId id = burned_without_folder(house);
    house.restart();
    house.repair();
    house.run();
    SUBCASE("with its times") {}
    SUBCASE("as a copy") {
        const Timestamp later = house.clock.now() + std::chrono::hours(1);
        must(house.inbox_fs.set_times("aside/a.txt", later, later));
    }
    SUBCASE("its seal record is gone") {
        must(house.state_fs.remove("seals/seal-1.jsonl"));
    }
    move(house, "aside", "alice/s1-queued");
    house.restart();
    house.repair();
    house.run();
    check_burned_once(house, id);
}

TEST_CASE("folder away: a folder that holds something else is not taken for it") {
    BurnerHouse house;
    const SessionId id = burned_without_folder(house);
    SUBCASE("the same size, other content") {
        must(replace_file(house.inbox_fs, "aside/a.txt", "eno"));
    }
    SUBCASE("a file is missing") {
        must(house.inbox_fs.remove("aside/folder/b.txt"));
    }
    move(house, "aside", "alice/s1-queued");
    house.clock.advance(std::chrono::seconds(3));
    house.run();
    CHECK(house.row(id).folder.empty());
    house.restart();
    house.repair();
    house.run();
    CHECK(house.row(id).folder.empty());
    const auto other = *house.catalogue->find_session("alice", "s1-2");
    REQUIRE(other);
    CHECK(other->state == SessionState::burned);
}

TEST_CASE("folder away: another session may have the name meanwhile") {
    BurnerHouse house;
    const SessionId id = burned_without_folder(house);
    house.shelves["tray"].blanks = 0;
    house.shelves["tray"].discs.clear();
    const SessionId later = house.queue("s2", kFiles);
    move(house, "alice/s2-queued", "alice/s1-queued");
    must(house.catalogue->set_folder(later, "s1-queued"));
    house.run();
    house.clock.advance(std::chrono::seconds(3));
    house.run();
    CHECK(house.row(id).folder.empty());
    CHECK(house.row(later).folder == "s1-queued");
    CHECK(house.row(later).state == SessionState::queued);
}

TEST_CASE(
    "folder away: taken away in the moment when a drive takes the session, it is not the drive's fault") {
    BurnerHouse house;
    const SessionId id = house.queue("s1", kFiles);
    house.drives[0]->before_write = [&](const BurnJob&) {
        move(house, "alice/s1-queued", "aside");
        return fail(Errc::not_found, "open the sealed folder: No such file or directory");
    };
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.row(id).reason.find("is missing: put it back and say `burnbox retry alice/s1`") !=
          std::string::npos);
    CHECK(times_told(house, "drive_error") == 0);
    CHECK(times_told(house, "session_failed") == 1);
}
