// R4: whole means covered. What is known to be missing beside the files that are there.
#include <doctest/doctest.h>

#include "tests/unit/server/seal/covered_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("covered: a transfer that did not end well leaves its mark, until one does") {
    UploadHouse house;
    auto client = house.connect();
    CHECK(put(*client, "/holiday/old", "old") == "ok");
    SUBCASE("killed") {
        const Loaned rsync(*client);
        (void)rsync.end(false);  // it removed its temporary file
    }
    SUBCASE("killed with the server") {
        const Loaned rsync(*client);
        house.kill();
    }
    SUBCASE("killed, then the server restarted") {
        {
            const Loaned rsync(*client);
            (void)rsync.end(false);
        }
        house.kill();
    }
    SUBCASE("killed, the session renamed there and back") {
        const Loaned rsync(*client);
        (void)rsync.end(false);
        CHECK(rename(*client, "/holiday", "/trip") == "ok");
        CHECK(rename(*client, "/trip", "/holiday") == "ok");
    }
    SUBCASE("killed, then tried without doing it") {
        {
            const Loaned rsync(*client);
            (void)rsync.end(false);
        }
        const Loaned rsync(*client, true);
        (void)rsync.end(true);
    }
    client = house.connect();
    CHECK(contains(burn(*client, "holiday"), "did not end well"));
    CHECK(contains(house.uploads->open_sessions().at(0).reason, "did not end well"));
    CHECK(contains(put(*client, "/holiday/BURN", ""), "did not end well"));
    CHECK(house.rows().empty());
    const Loaned rsync(*client);
    house.put_behind("alice/holiday/new", "new");
    CHECK(rsync.end(true) == "ok");
    house.kill();
    check_seals(house);
}

TEST_CASE("covered: the mark goes along with what is moved to another session") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/other/x", "x") == "ok");
    CHECK(shown(client->make_folder("/holiday", 0755)) == "ok");
    const Loaned rsync(*client);
    house.put_behind("alice/holiday/photos/.a.Xy12ab", "half");
    (void)rsync.end(false);
    CHECK(shown(client->remove("/holiday/photos/.a.Xy12ab")) == "ok");
    CHECK(rename(*client, "/holiday/photos", "/other/photos") == "ok");
    CHECK(contains(burn(*client, "other"), "did not end well"));
}

TEST_CASE("covered: what rsync left behind can't be gone on with by others") {
    UploadHouse house;
    {
        const auto client = house.connect();
        const Loaned rsync(*client);
        house.put_behind("alice/holiday/a", piece(0, 100));
        SUBCASE("it was killed") {
            (void)rsync.end(false);
        }
        SUBCASE("the server was killed") {
            house.kill();
        }
    }
    CHECK(contains(go_on(*house.connect(), 100, 200), "send it anew"));
    CHECK(is_cut(house));
}

TEST_CASE("covered: of what is not complete no copy is complete") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(client->make_folder("/holiday", 0755));
    auto writing = create(*client, "/holiday/a");
    CHECK(write(*writing, "half") == "ok");
    CHECK_FALSE(writing->check_complete());
    const auto reading = client->open("/holiday/a", {.read = true});
    REQUIRE(reading);
    CHECK_FALSE((*reading)->check_complete());
    writing.reset();  // cut off
    CHECK_FALSE((*reading)->check_complete());
    CHECK(put(*client, "/holiday/a", "whole") == "ok");
    CHECK((*client->open("/holiday/a", {.read = true}))->check_complete());
}

TEST_CASE("covered: a write that was refused is missing, whoever refused it") {
    for (const bool before_it_came : {false, true}) {
        UploadHouse house;
        const auto client = house.connect();
        REQUIRE(client->make_folder("/holiday", 0755));
        auto file = create(*client, "/holiday/a");
        CHECK(write(*file, "begin") == "ok");
        if (before_it_came)
            file->note_lost_write({Errc::invalid, 0, "the offset is beyond any file's end"});
        else
            CHECK_FALSE(file->write_at(std::as_bytes(std::span("x", 1)), UINT64_MAX));
        CHECK(close(*client, std::move(file)) != "ok");
        CHECK(contains(burn(*client, "holiday"), "cut off in the middle: a;"));
    }
}

TEST_CASE("covered: what an old handle still wrote behind a file that is sent anew is cut away") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = create(*client, "/holiday/a");
    REQUIRE(write(*file, "0123456789") == "ok");
    {
        // In the middle of its write when the file was emptied.
        const auto old = house.inbox_fs.open("alice/holiday/a", {.write = true});
        REQUIRE((*old)->write_at(std::as_bytes(std::span(std::string_view("stray"))), 1000));
    }
    CHECK(close(*client, std::move(file)) == "ok");
    CHECK(house.text("alice/holiday/a") == "0123456789");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}
