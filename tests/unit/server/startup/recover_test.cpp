// After kill -9 and after a power cut.
#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>

#include "common/storage/durable_file.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

TEST_CASE("restart: files that were closed are whole, those in flight are cut off") {
    UploadHouse house;
    auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(shown(client->make_folder("/holiday/sub", 0755)) == "ok");
    CHECK(put(*client, "/holiday/sub/b", "bbb") == "ok");
    CHECK(rename(*client, "/holiday/sub", "/holiday/dir") == "ok");
    auto file = create(*client, "/holiday/c");
    CHECK(write(*file, "half") == "ok");
    house.kill();
    file.reset();
    client.reset();
    const auto later = house.connect();
    CHECK(house.uploads->open_sessions().at(0).reason == "cut off: c; send them again");
    CHECK(put(*later, "/holiday/BURN", "m") ==
          "holiday can't be sealed: cut off in the middle: c; send them again or delete them");
    CHECK(put(*later, "/holiday/c", "whole") == "ok");
    CHECK(put(*later, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(house.manifest_paths(house.rows()[0]) == Strings{"a", "c", "dir", "dir/b"});
}

TEST_CASE("restart: a whole file that was being sent anew is cut off, whatever it was before") {
    UploadHouse house;
    auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    auto file = create(*client, "/holiday/a");
    CHECK(write(*file, "bbb") == "ok");
    house.kill();
    file.reset();
    client.reset();
    CHECK(house.uploads->open_sessions().at(0).reason == "cut off: a; send them again");
}

TEST_CASE("journal: a new file costs one line, one that is sent anew two") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lines = [&] {
        const auto text = read_file(house.state_fs, "journal/alice/holiday.jsonl", 4096);
        return text ? std::ranges::count(*text, '\n') : 0;
    };
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(lines() == 1);
    CHECK(put(*client, "/holiday/a", "bbb") == "ok");
    CHECK(lines() == 3);
}

TEST_CASE("restart: a file that no longer is what the journal proves counts as cut off") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/holiday/b", "bbb") == "ok");
    house.inbox_fs.corrupt("alice/holiday/a", 1);
    house.kill();
    const auto client = house.connect();
    const std::string why =
        "not as they came, cut off when the server went down or changed on the server since: a; send them "
        "again or delete them";
    CHECK(put(*client, "/holiday/BURN", "m") == "holiday can't be sealed: " + why);
    CHECK(house.uploads->open_sessions().at(0).reason == "cut off: a; send them again");
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
}

TEST_CASE("restart: after a power cut nothing unproven is sealed") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    REQUIRE(house.inbox_fs.sync_folder("alice"));
    REQUIRE(house.inbox_fs.sync_folder("alice/holiday"));  // the entry is durable, the content is not
    house.power_cut();
    const auto client = house.connect();
    if (house.exists("alice/holiday/a"))
        CHECK(contains(put(*client, "/holiday/BURN", "m"), "cut off in the middle: a"));
    CHECK(house.rows().empty());
}

TEST_CASE("restart: folders without any journal are cut off: send them again") {
    UploadHouse house;
    house.put_behind("alice/restored/x", "x");
    house.kill();
    CHECK(contains(put(*house.connect(), "/restored/BURN", "m"), "cut off in the middle: x"));
}

TEST_CASE("restart: a marker that was not answered leaves the session open, and a repeated one seals it") {
    UploadHouse house;
    auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    house.jobs_wait = true;
    const Answer answer;
    client->close(create(*client, "/holiday/BURN"), answer.done());
    house.jobs_wait = false;
    client.reset();
    house.kill();
    CHECK(house.rows().empty());
    CHECK(house.names("alice/holiday") == Strings{"BURN", "a"});
    CHECK(put(*house.connect(), "/holiday/BURN", "") == "ok: holiday is sealed");
}

TEST_CASE("restart: a cut rename after the catalogue's row is ended, and burns once") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/holiday/BURN", "m") == "ok: holiday is sealed");
    REQUIRE(house.inbox_fs.rename("alice/holiday-queued", "alice/holiday", RenameMode::no_replace));
    REQUIRE(house.catalogue->set_folder(house.rows()[0].id, "holiday"));
    REQUIRE(house.catalogue->begin_move(house.rows()[0].id, "holiday-queued"));
    house.kill();
    CHECK(house.names("alice") == Strings{"holiday-queued"});
    CHECK(house.rows()[0].folder == "holiday-queued");
    CHECK(house.uploads->open_sessions().empty());
}

TEST_CASE("restart: journals of sealed sessions go, others are kept while their folders may come back") {
    UploadHouse house;
    const auto journals = [&] {
        Strings names;
        const auto entries = list_folder(house.state_fs, "journal/alice").value();
        for (const DirEntry& entry : entries) names.push_back(entry.name);
        return names;
    };
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/gone/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/sealed/a", "aaa") == "ok");
    const std::string journal = read_file(house.state_fs, "journal/alice/sealed.jsonl", 4096).value();
    CHECK(put(*house.connect(), "/sealed/BURN", "") == "ok: sealed is sealed");
    REQUIRE(replace_file(house.state_fs, "journal/alice/sealed.jsonl", journal));  // a crash left it
    REQUIRE(house.inbox_fs.rename("alice/gone", "elsewhere", RenameMode::no_replace));
    house.kill();
    CHECK(journals() == Strings{"gone.jsonl", "holiday.jsonl"});
    SUBCASE("it comes back") {
        REQUIRE(house.inbox_fs.rename("elsewhere", "alice/gone", RenameMode::no_replace));
        house.kill();
        CHECK(burn(*house.connect(), "gone") == "ok: gone is sealed");
    }
    SUBCASE("it does not") {
        house.clock.advance(std::chrono::days(31));
        house.kill();
        CHECK(journals() == Strings{"holiday.jsonl"});
    }
}

TEST_CASE("restart: an account whose disk is not mounted keeps what is known of its sessions") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    {
        const auto client = house.connect();
        auto file = create(*client, "/holiday/b");
        REQUIRE(write(*file, "half") == "ok");
    }
    REQUIRE(house.inbox_fs.rename("alice", "disk", RenameMode::no_replace));
    house.kill();
    REQUIRE(remove_tree(house.inbox_fs, "alice"));
    REQUIRE(house.inbox_fs.rename("disk", "alice", RenameMode::no_replace));
    CHECK(contains(burn(*house.connect(), "holiday"), "restart burnbox"));
    house.kill();
    CHECK(contains(burn(*house.connect(), "holiday"), "cut off in the middle: b"));
}

TEST_CASE("restart: nobody can go on with a file that was on its way when the machine went down") {
    UploadHouse house;
    {
        const auto client = house.connect();
        auto file = create(*client, "/holiday/a");
        CHECK(write(*file, "half") == "ok");
        REQUIRE(house.inbox_fs.sync_all());  // its length is on the disk; nobody knows what of its content is
        house.power_cut();
    }
    const auto resume = [&] {
        const auto client = house.connect();
        auto file = client->open("/holiday/a", {.write = true});
        REQUIRE(file);
        CHECK(write(**file, " and half", 4) == "ok");
        CHECK(contains(close(*client, std::move(*file)), "send it anew, from its beginning"));
        CHECK(contains(burn(*client, "holiday"), "cut off in the middle: a"));
    };
    resume();
    house.kill();
    resume();
    const auto client = house.connect();
    SUBCASE("sent anew") {
        CHECK(put(*client, "/holiday/a", "whole") == "ok");
    }
    SUBCASE("sent anew, and the server went down once more") {
        CHECK(put(*client, "/holiday/a", "whole") == "ok");
        house.kill();
    }
    SUBCASE("beside it under another name") {
        CHECK(put(*client, "/holiday/a.new", "whole") == "ok");
        CHECK(rename(*client, "/holiday/a.new", "/holiday/a", RenameMode::replace) == "ok");
    }
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

TEST_CASE("restart: when the server alone went down, a file is gone on with") {
    UploadHouse house;
    {
        const auto client = house.connect();
        auto file = create(*client, "/holiday/a");
        CHECK(write(*file, "half") == "ok");
        house.kill();
    }
    const auto client = house.connect();
    auto file = client->open("/holiday/a", {.write = true});
    REQUIRE(file);
    CHECK(write(**file, " and half", 4) == "ok");
    CHECK(close(*client, std::move(*file)) == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("restart: what was whole when the machine went down, and can be proven, is sealed") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    REQUIRE(house.inbox_fs.sync_all());
    REQUIRE(house.state_fs.sync_all());
    house.power_cut();
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

TEST_CASE("restart: a file that came out of order and got its name while it was hashed is whole") {
    UploadHouse house;
    const auto client = house.connect();
    house.jobs_wait = true;
    auto file = create(*client, "/holiday/a.filepart");
    CHECK(write(*file, "world", 6) == "ok");
    CHECK(write(*file, "hello ", 0) == "ok");
    CHECK(close(*client, std::move(file)) == "ok");
    CHECK(rename(*client, "/holiday/a.filepart", "/holiday/a") == "ok");
    house.run_jobs();
    house.jobs_wait = false;
    house.kill();
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

TEST_CASE("restart: an inbox whose disk is not mounted ends the start before a session counts as lost") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/holiday/BURN", "m") == "ok: holiday is sealed");
    house.uploads.reset();
    REQUIRE(remove_tree(house.inbox_fs, "alice"));
    CHECK(
        contains(shown(Uploads(house.services()).recover()),
                 "/memory/inbox is empty, but 1 sessions of alice in it wait to be burned: mount its disk"));
    CHECK_FALSE(house.exists("alice"));
    CHECK(house.rows().at(0).state == SessionState::queued);
    REQUIRE(house.inbox_fs.make_folder("alice", 0755));  // as the message says
    CHECK(shown(Uploads(house.services()).recover()) == "ok");
    CHECK(house.rows().at(0).state == SessionState::failed);
}

TEST_CASE("restart: an account whose folder was renamed is not served, and the others are") {
    UploadHouse house;
    house.config.accounts["bob"] = house.config.accounts.at("alice");
    house.start();
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(put(*house.connect("bob"), "/open/a", "aaa") == "ok");
    house.uploads.reset();
    REQUIRE(house.inbox_fs.rename("alice", "alicia", RenameMode::no_replace));
    house.start();
    CHECK(put(*house.connect("bob"), "/open/b", "bbb") == "ok");
    const auto closed = house.connect();
    CHECK(contains(put(*closed, "/next/a", "a"), "account alice is not served now"));
    CHECK(contains(shown(closed->make_folder("/next", 0755)), "is not served"));
    CHECK(contains(cancel(*closed, "holiday"), "is not served"));
    CHECK_FALSE(house.exists("alice"));
    CHECK(house.rows().at(0).state == SessionState::queued);
    house.uploads.reset();
    REQUIRE(house.inbox_fs.rename("alicia", "alice", RenameMode::no_replace));
    house.start();
    CHECK(cancel(*house.connect(), "holiday") == "ok: holiday is open again");
}

TEST_CASE("restart: a session that can't be read is not sealed, and keeps no other from it") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/other/a", "aaa") == "ok");
    house.plan.fail_looks_at("alice/holiday", EACCES);
    house.kill();
    house.plan.fail_nothing();
    const auto client = house.connect();
    CHECK(burn(*client, "other") == "ok: other is sealed");
    CHECK(contains(burn(*client, "holiday"), "could not be read when burnbox started"));
    CHECK(contains(house.uploads->open_sessions().at(0).reason, "restart burnbox"));
    house.kill();
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

TEST_CASE("restart: a session that was renamed in the moment of the crash is not gone on with") {
    UploadHouse house;
    {
        const auto client = house.connect();
        CHECK(put(*client, "/holiday/b", "bbb") == "ok");
        auto file = create(*client, "/holiday/a");
        CHECK(write(*file, "behind a gap", 100) == "ok");
    }
    REQUIRE(house.inbox_fs.rename("alice/holiday", "alice/trip", RenameMode::no_replace));
    house.kill();
    const auto client = house.connect();
    auto file = client->open("/trip/a", {.write = true});
    REQUIRE(file);
    CHECK(write(**file, "more", 112) == "ok");
    CHECK(contains(close(*client, std::move(*file)), "send it anew"));
}
