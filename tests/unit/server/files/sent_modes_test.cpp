// Modes of clients are facts to record: the staging copy can always be read, written and removed (R5).
#include "server/files/sent_modes.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/session/sealed_session.hpp"
#include "tests/support/server/upload_house.hpp"

namespace burnbox::test {
namespace {

std::string chmod(Client& client, const std::string& path, std::uint32_t mode) {
    return shown(client.set_attributes(path, {.size_bytes = {}, .mode = mode, .atime = {}, .mtime = {}}));
}

// holiday/d, of 0555, with d/f, of 0444.
void send(UploadHouse& house, Client& client) {
    REQUIRE(shown(client.make_folder("/holiday", 0755)) == "ok");
    REQUIRE(shown(client.make_folder("/holiday/d", 0555)) == "ok");
    REQUIRE(put(client, "/holiday/d/f", "content") == "ok");
    REQUIRE(chmod(client, "/holiday/d/f", 0444) == "ok");
    CHECK(house.inbox_fs.info("alice/holiday/d")->mode == 0755);
    CHECK(house.inbox_fs.info("alice/holiday/d/f")->mode == 0644);
}

void check_shown(Client& client, const std::string& top) {
    CHECK(client.info(top + "/d", true).value().mode == 0555);
    CHECK(client.info(top + "/d/f", true).value().mode == 0444);
}

Manifest sealed_manifest(UploadHouse& house) {
    REQUIRE_FALSE(house.rows().empty());
    const auto text = read_file(house.state_fs, "seals/" + house.rows().back().seal_id + ".jsonl", 1U << 20U);
    return parse_seal_record(text.value()).value().manifest;
}

}  // namespace

TEST_CASE("sent modes: shown, sealed and shown under the old name as they were sent") {
    UploadHouse house;
    const auto client = house.connect();
    send(house, *client);
    check_shown(*client, "/holiday");
    CHECK(client->open("/holiday/d/f", {.read = true}).value()->info().value().mode == 0444);
    REQUIRE(burn(*client, "holiday") == "ok: holiday is sealed");
    const Manifest manifest = sealed_manifest(house);
    CHECK(manifest.find("d")->mode == 0555);
    CHECK(manifest.find("d/f")->mode == 0444);
    check_shown(*client, "/holiday");
}

TEST_CASE("sent modes: set by an open handle, and before the content is complete") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = client->open("/holiday/f", {.write = true, .create = true, .permissions = 0200});
    REQUIRE(file);
    CHECK((*file)->info().value().mode == 0200);
    CHECK(house.inbox_fs.info("alice/holiday/f")->mode == 0600);
    REQUIRE(shown((*file)->set_attributes({.size_bytes = {}, .mode = 0444, .atime = {}, .mtime = {}})) ==
            "ok");
    CHECK(write(**file, "content") == "ok");
    CHECK(close(*client, std::move(*file)) == "ok");
    CHECK(client->info("/holiday/f", true).value().mode == 0444);
    CHECK(chmod(*client, "/holiday/f", 0600) == "ok");
    CHECK(client->info("/holiday/f", true).value().mode == 0600);
}

TEST_CASE("sent modes: follow renames and restarts, and go with what is removed") {
    UploadHouse house;
    auto client = house.connect();
    send(house, *client);
    REQUIRE(rename(*client, "/holiday/d", "/holiday/e") == "ok");
    client.reset();
    house.kill();
    client = house.connect();
    CHECK(client->info("/holiday/e", true).value().mode == 0555);
    CHECK(client->info("/holiday/e/f", true).value().mode == 0444);
    REQUIRE(shown(client->remove("/holiday/e/f")) == "ok");
    REQUIRE(shown(client->remove_folder("/holiday/e")) == "ok");
    REQUIRE(shown(client->make_folder("/holiday/e", 0755)) == "ok");
    REQUIRE(put(*client, "/holiday/e/f", "content") == "ok");
    CHECK(client->info("/holiday/e", true).value().mode == 0755);
    CHECK(client->info("/holiday/e/f", true).value().mode == 0644);
}

TEST_CASE("sent modes: a session that is taken back has them again, over a restart too") {
    UploadHouse house;
    auto client = house.connect();
    send(house, *client);
    REQUIRE(burn(*client, "holiday") == "ok: holiday is sealed");
    client.reset();
    client = house.connect();
    REQUIRE(contains(cancel(*client, "holiday"), "ok"));
    check_shown(*client, "/holiday");
    client.reset();
    house.kill();
    client = house.connect();
    check_shown(*client, "/holiday");
    REQUIRE(burn(*client, "holiday") == "ok: holiday is sealed");
    CHECK(sealed_manifest(house).find("d")->mode == 0555);
}

TEST_CASE("sent modes: what a start finds as an earlier version, or a killed program, left it") {
    UploadHouse house;
    auto client = house.connect();
    REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
    client.reset();
    house.put_behind("alice/holiday/d/f", "content");
    REQUIRE(house.inbox_fs.set_mode("alice/holiday/d/f", 0444));
    REQUIRE(house.inbox_fs.set_mode("alice/holiday/d", 0555));
    house.kill();
    CHECK(house.inbox_fs.info("alice/holiday/d")->mode == 0755);
    CHECK(house.inbox_fs.info("alice/holiday/d/f")->mode == 0644);
    check_shown(*house.connect(), "/holiday");
}

TEST_CASE("sent modes: what a program brings") {
    UploadHouse house;
    const auto client = house.connect();
    send(house, *client);
    std::unique_ptr<Lease> lease;
    client->lease({.paths = {"/holiday/"}, .writes = true, .makes_folders = true},
                  [&](Result<std::unique_ptr<Lease>> leased) { lease = std::move(leased.value()); });
    house.put_behind("alice/holiday/new/g", "new");
    REQUIRE(house.inbox_fs.set_mode("alice/holiday/new/g", 0400));
    REQUIRE(house.inbox_fs.set_mode("alice/holiday/new", 0000));
    const Answer answer;
    lease->give_back(true, answer.done());
    CHECK(*answer == "ok");
    CHECK(house.inbox_fs.info("alice/holiday/new")->mode == 0700);
    CHECK(client->info("/holiday/new", true).value().mode == 0000);
    CHECK(client->info("/holiday/new/g", true).value().mode == 0400);
    check_shown(*client, "/holiday");  // what it did not touch
    REQUIRE(burn(*client, "holiday") == "ok: holiday is sealed");
    CHECK(sealed_manifest(house).find("new/g")->mode == 0400);
}

}  // namespace burnbox::test

namespace burnbox::test {

TEST_CASE("sent modes: a folder that takes another one's place has its own mode, not that one's") {
    UploadHouse house;
    auto client = house.connect();
    send(house, *client);
    REQUIRE(shown(client->make_folder("/holiday/e", 0700)) == "ok");
    REQUIRE(put(*client, "/holiday/e/g", "content") == "ok");
    SUBCASE("which was sent") {
        REQUIRE(shown(client->make_folder("/holiday/f", 0511)) == "ok");
        CHECK(rename(*client, "/holiday/d", "/holiday/f", RenameMode::replace) == "ok");
        CHECK(client->info("/holiday/f", true).value().mode == 0555);
    }
    SUBCASE("which is that of its staging copy") {
        REQUIRE(shown(client->make_folder("/holiday/f", 0511)) == "ok");
        REQUIRE(chmod(*client, "/holiday/e", 0755) == "ok");
        CHECK(rename(*client, "/holiday/e", "/holiday/f", RenameMode::replace) == "ok");
        CHECK(client->info("/holiday/f", true).value().mode == 0755);
    }
}

}  // namespace burnbox::test
