// A session's folder leased to a program: who gets it, what becomes of a marker, and how it ends.
#include <doctest/doctest.h>

#include "tests/unit/server/lease/lease_house.hpp"

namespace burnbox::test {

TEST_CASE("lease: what a program brought counts once it ended well, and a marker among it seals") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(lease->terms().folder == "/memory/inbox/alice/holiday");
    CHECK(lease->terms().paths == std::vector<std::string>{"./"});
    house.put_behind("alice/holiday/photos/a.jpg", "picture");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(reason_of(house, "holiday"), "rsync"));
    CHECK(give_back(*lease, true) == "ok: holiday is sealed");
    REQUIRE(house.rows().size() == 1);
    CHECK(house.manifest_paths(house.rows()[0]) == std::vector<std::string>{"photos", "photos/a.jpg"});
    CHECK(house.exists("alice/holiday-queued"));
}

TEST_CASE(
    "lease: after a bad end what came is cut off, its marker seals nothing, and sending again mends it") {
    UploadHouse house;
    const auto client = house.connect();
    auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "half");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(give_back(*lease, false), "cut off"));
    CHECK(house.rows().empty());
    CHECK(contains(reason_of(house, "holiday"), "cut off: BURN and a"));
    CHECK(contains(burn(*client, "holiday"), "cut off"));

    lease = lend_to_write(*client, "/holiday/");
    // A time that no sender has: rsync compares the content.
    CHECK(house.inbox_fs.info("alice/holiday/a")->mtime == Timestamp(std::chrono::seconds(1)));
    house.put_behind("alice/holiday/a", "whole");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(give_back(*lease, true) == "ok: holiday is sealed");
}

TEST_CASE("lease: a marker of another client is refused while a program writes") {
    UploadHouse house;
    const auto client = house.connect();
    const auto other = house.connect();
    CHECK(put(*other, "/holiday/b", "b") == "ok");
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(contains(put(*other, "/holiday/BURN", ""), "rsync is still writing"));
    CHECK(house.exists("alice/holiday/BURN.refused"));
    CHECK(contains(burn(*other, "holiday"), "rsync is still writing"));
    CHECK(contains(rename(*other, "/holiday", "/trip"), "being written"));
    house.put_behind("alice/holiday/a", "a");
    CHECK(give_back(*lease, true) == "ok");  // what burnbox wrote itself is not the program's
    CHECK(house.exists("alice/holiday/REFUSED.txt"));
    CHECK(put(*other, "/holiday/BURN", "") == "ok: holiday is sealed");
}

TEST_CASE("lease: one program at a time writes into a session") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(contains(lease_to(*client, {.paths = {"/holiday/x"}, .writes = true}).refusal, "another rsync"));
    CHECK(give_back(*lease, true) == "ok");
    CHECK(!house.exists("alice/holiday"));  // nothing came: no empty session stays
    CHECK(give_back(*lend_to_write(*client, "/holiday/"), true) == "ok");
}

TEST_CASE("lease: where nothing may be written or read, nothing is lent") {
    UploadHouse house;
    const auto client = house.connect();
    const auto refusal = [&](const std::string& path, bool writes, bool folders = true) {
        return lease_to(*client, {.paths = {path}, .writes = writes, .makes_folders = folders}).refusal;
    };
    CHECK(contains(refusal("/", true), "HOST:NAME/"));
    CHECK(contains(refusal(".", false), "HOST:NAME/"));
    CHECK(contains(refusal("/photo.jpg", true, false), "plain file directly in the inbox"));
    CHECK(!house.exists("alice/photo.jpg"));
    CHECK(refusal("/-x/", true) != "");
    CHECK(refusal("/x-burned/", true) != "");
    CHECK(contains(refusal("/nothing/", false), "no such session"));
    CHECK(put(*client, "/holiday/a", "a") == "ok");
    CHECK(contains(refusal("/holiday/STATUS.txt", true), "burnbox uses itself"));
    CHECK(contains(lease_to(*client, {.paths = {"/holiday/a", "/other/b"}}).refusal, "one session"));
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    const auto later = house.connect();
    CHECK(contains(lease_to(*later, {.paths = {"/holiday-queued/"}, .writes = true}).refusal, "sealed"));
    const auto reading = lease_to(*later, {.paths = {"/holiday-queued/", "/holiday-queued/a"}});
    REQUIRE(reading.lease);
    CHECK(reading.lease->terms().folder == "/memory/inbox/alice/holiday-queued");
    CHECK(reading.lease->terms().start_in == "/memory/inbox/alice");
    CHECK(reading.lease->terms().paths ==
          std::vector<std::string>{"./holiday-queued/", "./holiday-queued/a"});
    CHECK(give_back(*reading.lease, true) == "ok");
}

TEST_CASE(
    "lease: a crash in the middle leaves what came cut off; whose a temporary file is nobody knows any "
    "more") {
    UploadHouse house;
    {
        const auto client = house.connect();
        CHECK(put(*client, "/holiday/old", "old") == "ok");
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/a", "a");
        house.put_behind("alice/holiday/.b.Xy12ab", "half");
        house.kill();
        CHECK(contains(reason_of(house, "holiday"), "cut off: .b.Xy12ab and a"));
    }
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "a again");
    house.put_behind("alice/holiday/b", "whole");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(give_back(*lease, true), "cut off in the middle: .b.Xy12ab"));
    CHECK(shown(client->remove("/holiday/.b.Xy12ab")) == "ok");
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    REQUIRE(house.rows().size() == 1);
    CHECK(house.manifest_paths(house.rows()[0]) == std::vector<std::string>{"a", "b", "old"});
}

TEST_CASE("lease: the predecessor's rule finds a marker that came by a later connection") {
    UploadHouse house;
    {
        const auto client = house.connect();
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/photos/a", "a");
        CHECK(give_back(*lease, true) == "ok");
    }
    CHECK(house.rows().empty());
    {
        const auto client = house.connect();
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/issue", "any file");
        CHECK(give_back(*lease, true) == "ok");
        CHECK(house.rows().empty());
    }
    CHECK(house.rows().size() == 1);
}

TEST_CASE("lease: a session that is removed meanwhile is said to be gone") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(client->remove_folder("/holiday"));
    CHECK(give_back(*lease, true) != "ok");
}

TEST_CASE("lease: a refused marker that a client touches meanwhile is kept") {
    UploadHouse house;
    const auto client = house.connect();
    cut_off(house, "/holiday/a");
    REQUIRE(contains(put(*client, "/holiday/BURN", "a person's"), "cut off"));
    const auto lease = lend_to_write(*client, "/holiday/");
    house.clock.advance(std::chrono::seconds(1));
    CHECK(shown(client->set_attributes("/holiday/BURN.refused",
                                       {.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = {}})) == "ok");
    (void)give_back(*lease, true);
    CHECK(house.text("alice/holiday/BURN.refused") == "a person's");
}

TEST_CASE("lease: one that could not be prepared leaves everything as it was") {
    UploadHouse house;
    const auto client = house.connect();
    cut_off(house, "/holiday/a");
    REQUIRE(contains(put(*client, "/holiday/BURN", "a person's"), "cut off"));
    house.plan.fail_next("fsync journal/alice/holiday.jsonl");
    CHECK(lease_to(*client, {.paths = {"/holiday/"}, .writes = true, .makes_folders = true}).refusal != "");
    CHECK(house.text("alice/holiday/BURN.refused") == "a person's");
    CHECK(put(*client, "/holiday/a", "whole") == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

}  // namespace burnbox::test
