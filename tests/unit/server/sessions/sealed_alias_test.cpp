// The old name of a sealed session goes on to be served.
#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

namespace {

struct Sealed {
    UploadHouse house;
    std::unique_ptr<Client> other = house.connect();
    std::unique_ptr<Client> client = house.connect();

    Sealed() {
        REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
        REQUIRE(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    }
};

}  // namespace

TEST_CASE("old name: every connection open at the seal goes on seeing the sealed folder") {
    Sealed sealed;
    for (Client* const client : {sealed.client.get(), sealed.other.get()}) {
        CHECK(client->info("/holiday", true).value().type == FileType::folder);
        CHECK(client->info("/holiday/a", true).value().size_bytes == 3);
        CHECK(client->info("/holiday/BURN", true).value().size_bytes == 1);
        CHECK(get(*client, "/holiday/a") == "aaa");
        CHECK(list(*client, "/holiday") == Strings{"BURN", "STATUS.txt", "a"});
        CHECK(shown(client->set_attributes(
                  "/holiday/BURN", {.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = Timestamp{}})) ==
              "ok");
        CHECK(client->real_path("/holiday/").value() == "/holiday");
    }
    CHECK(list(*sealed.client, "/") == Strings{"holiday-queued"});
}

TEST_CASE("old name: every write is refused") {
    Sealed sealed;
    Client& client = *sealed.client;
    const std::string why = "holiday is sealed";
    CHECK(put(client, "/holiday/x", "x") == why);
    CHECK(put(client, "/holiday/BURN", "other") == why);
    CHECK(shown(client.make_folder("/holiday/sub", 0755)) == why);
    CHECK(shown(client.remove("/holiday/a")) == why);
    CHECK(shown(client.remove_folder("/holiday")) == why);
    CHECK(rename(client, "/holiday/a", "/holiday/b") == why);
    CHECK(rename(client, "/holiday", "/other") == why);
    CHECK(shown(client.make_symlink("a", "/holiday/l")) == why);
    CHECK(hardlink(client, "/holiday/a", "/holiday/l") == why);
    CHECK(shown(client.set_attributes("/holiday/a",
                                      {.size_bytes = 1, .mode = {}, .atime = {}, .mtime = {}})) == why);
    CHECK(sealed.house.text("alice/holiday-queued/a") == "aaa");
}

TEST_CASE("old name: it follows the folder to where it is burned, and remembers the marker") {
    Sealed sealed;
    sealed.house.burn(sealed.house.rows()[0].id, "BURNBOX_0001");
    CHECK(get(*sealed.client, "/holiday/a") == "aaa");
    CHECK(get(*sealed.client, "/holiday/RECEIPT.txt") == "a receipt\n");
    CHECK(sealed.client->info("/holiday/BURN", true).value().size_bytes == 1);
}

TEST_CASE("old name: a connection opened later starts a new session of that name") {
    Sealed sealed;
    const auto later = sealed.house.connect();
    CHECK(later->info("/holiday", true).error().code == Errc::not_found);
    CHECK(put(*later, "/holiday/b", "b") == "ok");
    CHECK(get(*sealed.client, "/holiday/a") == "aaa");
    CHECK(put(*later, "/holiday/BURN", "m") == "ok: holiday is sealed as holiday-2");
}

TEST_CASE("old name: an explicit MKDIR starts a new session, for all connections") {
    Sealed sealed;
    CHECK(shown(sealed.client->make_folder("/holiday", 0755)) == "ok");
    CHECK(put(*sealed.other, "/holiday/b", "b") == "ok");
    CHECK(list(*sealed.client, "/holiday") == Strings{"b"});
}

TEST_CASE("old name: it ends five minutes after the last request for it") {
    Sealed sealed;
    for (int i = 0; i < 3; ++i) {
        sealed.house.clock.advance(std::chrono::minutes(4));
        CHECK(sealed.client->info("/holiday/a", true));
    }
    sealed.house.clock.advance(std::chrono::minutes(5) + std::chrono::seconds(1));
    CHECK(sealed.client->info("/holiday/a", true).error().code == Errc::not_found);
    CHECK(put(*sealed.client, "/holiday/b", "b") == "ok");
}

TEST_CASE("sent twice: a marker of the same content is answered OK and creates nothing") {
    Sealed sealed;
    auto later = sealed.house.connect();
    CHECK(put(*later, "/holiday/BURN", "m") == "ok: holiday is already sealed");
    CHECK(sealed.house.names("alice") == Strings{"holiday-queued"});
    CHECK(sealed.house.rows().size() == 1);
    CHECK(later->info("/holiday/BURN", true));
    CHECK(burn(*later, "holiday") == "ok: holiday is already sealed");
    sealed.house.burn(sealed.house.rows()[0].id, "BURNBOX_0001");
    later = sealed.house.connect();
    CHECK(put(*later, "/holiday/BURN", "m") == "ok: holiday is already sealed");
    CHECK(sealed.house.names("alice") == Strings{"holiday-burned"});
}

TEST_CASE("sent twice: markers that were refused before are not deleted") {
    Sealed sealed;
    const auto later = sealed.house.connect();
    CHECK(put(*later, "/holiday/BURN", "other") != "ok");
    CHECK(put(*later, "/holiday/BURN", "m") == "ok: holiday is already sealed");
    CHECK(sealed.house.text("alice/holiday/BURN.refused") == "other");
}

TEST_CASE("sent twice: another content, or a day later, is a marker of an empty session") {
    Sealed sealed;
    const std::string why = "holiday can't be sealed: the session is empty; upload into it first";
    CHECK(put(*sealed.house.connect(), "/holiday/BURN", "other") == why);
    REQUIRE(remove_tree(sealed.house.inbox_fs, "alice/holiday"));
    sealed.house.burn(sealed.house.rows()[0].id, "BURNBOX_0001");
    sealed.house.clock.advance(std::chrono::hours(25));
    CHECK(put(*sealed.house.connect(), "/holiday/BURN", "m") == why);
    CHECK(burn(*sealed.house.connect(), "summer") == "there is no open session summer");
}
