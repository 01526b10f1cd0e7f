#include <doctest/doctest.h>

#include "tests/support/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

TEST_CASE("rights: upload alone is a drop box: write, list, read burnbox's own texts, nothing else") {
    UploadHouse house;
    house.alice().rights = {.upload = true, .read = false, .remove = false};
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(list(*client, "/holiday") == Strings{"a"});
    CHECK(get(*client, "/holiday/a") == "the account alice may not read (accounts.alice.rights)");
    CHECK(client->open("/holiday/a", {.read = true, .write = true}).error().code == Errc::permission);
    CHECK(shown(client->remove("/holiday/a")) == "the account alice may not delete (accounts.alice.rights)");
    CHECK(shown(client->remove_folder("/holiday")) ==
          "the account alice may not delete (accounts.alice.rights)");
    CHECK(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(contains(get(*client, "/holiday-queued/STATUS.txt"), "queued"));
    CHECK(get(*client, "/holiday-queued/a") == "the account alice may not read (accounts.alice.rights)");
    CHECK(get(*client, "/holiday/a") == "the account alice may not read (accounts.alice.rights)");
    house.burn(house.rows()[0].id, "BURNBOX_0001");
    CHECK(get(*client, "/holiday-burned/RECEIPT.txt") == "a receipt\n");
    CHECK(shown(client->remove("/holiday-burned/a")) ==
          "the account alice may not delete (accounts.alice.rights)");
}

TEST_CASE("rights: without upload nothing can be made, sealed or taken back") {
    UploadHouse house;
    house.put_behind("alice/holiday/a", "aaa");
    house.alice().rights = {.upload = false, .read = true, .remove = true};
    house.start();
    const auto client = house.connect();
    const std::string why = "the account alice may not upload (accounts.alice.rights)";
    CHECK(put(*client, "/holiday/b", "b") == why);
    CHECK(put(*client, "/new/b", "b") == why);
    CHECK(shown(client->make_folder("/new", 0755)) == why);
    CHECK(client->info("/new/", true).error().code == Errc::not_found);
    CHECK(rename(*client, "/holiday", "/new") == why);
    CHECK(burn(*client, "holiday") == why);
    CHECK(cancel(*client, "holiday") == why);
    CHECK(rename(*client, "/holiday-queued", "/holiday") == why);
    CHECK(get(*client, "/holiday/a") == "aaa");
}

TEST_CASE("quota: counts logical bytes of open and queued sessions over all connections") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    const auto one = house.connect();
    const auto two = house.connect();
    CHECK(put(*one, "/holiday/a", "aaaa") == "ok");
    CHECK(put(*two, "/holiday/b", "bbbb") == "ok");
    auto file = create(*one, "/holiday/c");
    CHECK(write(*file, "cc") == "ok");
    CHECK(contains(write(*file, "c", 2), "10 bytes of the quota of 10 bytes are used"));
    CHECK(contains(write(*file, "c", 2), "accounts.alice.quota"));
    CHECK(file->set_attributes({.size_bytes = 1ULL << 42U, .mode = {}, .atime = {}, .mtime = {}})
              .error()
              .code != Errc::io);
    CHECK(contains(close(*one, std::move(file)), "quota"));
    CHECK(one->space("/").value().free_bytes == 0);
    CHECK(shown(one->remove("/holiday/c")) == "ok");
    CHECK(put(*one, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(contains(put(*house.connect(), "/more/x", "xxx"), "quota"));
    CHECK(put(*house.connect(), "/more/x", "xx") == "ok");
    house.burn(house.rows()[0].id, "BURNBOX_0001");
    CHECK(put(*house.connect(), "/more/y", "yyyyyyyy") == "ok");
}

TEST_CASE("quota: overwriting, shrinking, renaming over and hard links are counted") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    const auto client = house.connect();
    const auto free = [&] { return client->space("/").value().free_bytes; };
    CHECK(put(*client, "/holiday/a", "aaaa") == "ok");
    CHECK(put(*client, "/holiday/a", "aa") == "ok");
    CHECK(free() == 8);
    CHECK(put(*client, "/holiday/b", "bbbb") == "ok");
    CHECK(rename(*client, "/holiday/a", "/holiday/b", RenameMode::replace) == "ok");
    CHECK(free() == 8);
    CHECK(shown(client->make_hardlink("/holiday/b", "/holiday/l")) == "ok");
    CHECK(free() == 6);
    CHECK(shown(client->set_attributes("/holiday/b",
                                       {.size_bytes = 1, .mode = {}, .atime = {}, .mtime = {}})) == "ok");
    CHECK(free() == 7);
    CHECK(shown(client->set_attributes("/holiday/b",
                                       {.size_bytes = 20, .mode = {}, .atime = {}, .mtime = {}})) != "ok");
    CHECK(shown(client->remove("/holiday/l")) == "ok");
    CHECK(free() == 9);
}

TEST_CASE("quota: counted anew at start") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    CHECK(put(*house.connect(), "/holiday/a", "aaaa") == "ok");
    CHECK(put(*house.connect(), "/other/b", "bbb") == "ok");
    CHECK(put(*house.connect(), "/other/BURN", "") == "ok: other is sealed");
    house.kill();
    CHECK(house.connect()->space("/").value().free_bytes == 3);
}

TEST_CASE("quota: a cancelled session is counted once") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaaa") == "ok");
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(client->space("/").value().free_bytes == 6);
    CHECK(cancel(*client, "holiday") == "ok: holiday is open again");
    CHECK(client->space("/").value().free_bytes == 6);
}

TEST_CASE("sizes: offsets near the end of all numbers are refused, and holes larger than the disk") {
    UploadHouse house;
    house.inbox_fs.limit_bytes(100U << 20U);
    const auto client = house.connect();
    auto file = create(*client, "/holiday/a");
    CHECK(contains(write(*file, "x", UINT64_MAX), "no file can be that large"));
    CHECK(contains(write(*file, "xx", INT64_MAX), "no file can be that large"));
    CHECK(contains(write(*file, "x", 1ULL << 50U), "doesn't fit"));
    CHECK(shown(file->set_attributes({.size_bytes = 4ULL << 40U, .mode = {}, .atime = {}, .mtime = {}})) !=
          "ok");
    CHECK(shown(file->set_attributes({.size_bytes = UINT64_MAX, .mode = {}, .atime = {}, .mtime = {}})) !=
          "ok");
    CHECK(shown(client->set_attributes(
              "/holiday/a", {.size_bytes = 4ULL << 40U, .mode = {}, .atime = {}, .mtime = {}})) != "ok");
}
