#include "server/startup/renamed_folders.hpp"

#include <doctest/doctest.h>

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

void start(BurnerHouse& house) {
    house.restart();
    house.repair();
    house.run();
}

SessionId queue(BurnerHouse& house) {
    const SessionId id = house.queue("s1", kFiles);
    must(replace_file(house.inbox_fs, "alice/s1-queued/STATUS.txt", "queued"));
    return id;
}

}  // namespace

TEST_CASE("renamed folders: a sealed session's folder that got its open name by hand is burned, once") {
    BurnerHouse house({"tray", "spare"}, 2);
    const SessionId id = queue(house);
    SUBCASE("while it waited, burnbox was down") {
        move(house, "alice/s1-queued", "alice/s1");
    }
    SUBCASE("so that it failed") {
        move(house, "alice/s1-queued", "alice/s1");
        house.run();
        REQUIRE(house.row(id).state == SessionState::failed);
    }
    SUBCASE("between its copies") {
        while (house.catalogue->copies(id)->empty()) must(house.burner->run_once(0));
        move(house, "alice/s1-queued", "alice/s1");
        house.run();
        REQUIRE(house.row(id).state == SessionState::failed);
    }
    SUBCASE("when its burn had ended") {
        while (house.row(id).state != SessionState::burned)
            must(house.burner->run_once(house.catalogue->copies(id)->size()));
        move(house, "alice/s1-queued", "alice/s1");
        house.run();
        REQUIRE(house.row(id).folder.empty());
    }
    start(house);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(id).folder == "s1-burned");
    CHECK_FALSE(house.exists("alice/s1"));
    CHECK(house.catalogue->sessions("alice")->size() == 1);
    CHECK(house.catalogue->copies(id)->size() == 2);
    for (const char* disc : {"BURNBOX_0001", "BURNBOX_0002"}) CHECK(house.disc(disc).sessions_used == 1);
}

TEST_CASE("renamed folders: what somebody works on stays open") {
    BurnerHouse house;
    const SessionId id = queue(house);
    move(house, "alice/s1-queued", "alice/s1");
    SUBCASE("a file came") {
        must(replace_file(house.inbox_fs, "alice/s1/more", "three"));
    }
    SUBCASE("a file changed") {
        must(replace_file(house.inbox_fs, "alice/s1/a.txt", "other"));
    }
    SUBCASE("a file is gone") {
        must(house.inbox_fs.remove("alice/s1/a.txt"));
    }
    SUBCASE("it had failed") {
        must(replace_file(house.inbox_fs, "alice/s1/FAILED.txt", "mend it"));
    }
    SUBCASE("it never was queued") {
        must(house.inbox_fs.remove("alice/s1/STATUS.txt"));
    }
    SUBCASE("something was sent into it") {
        must(make_folders(house.state_fs, "journal/alice", 0700));
        must(replace_file(house.state_fs, "journal/alice/s1.jsonl", "{}"));
    }
    SUBCASE("the session has a folder of its own") {
        must(make_folders(house.inbox_fs, "alice/s1-queued", 0755));
        house.drives[0]->before_write = [](const BurnJob&) { return fail(Errc::busy, "later"); };
    }
    start(house);
    CHECK(house.exists("alice/s1"));
    CHECK(house.row(id).state != SessionState::burned);
}
