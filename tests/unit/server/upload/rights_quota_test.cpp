#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

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
    CHECK(put(*client, "/new/", "b") == why);
    CHECK(put(*client, "/new", "b") == why);
    CHECK(shown(client->make_folder("/new", 0755)) == why);
    CHECK(client->info("/new/", true).error().code == Errc::not_found);
    CHECK(rename(*client, "/holiday", "/new") == why);
    CHECK(burn(*client, "holiday") == why);
    CHECK(cancel(*client, "holiday") == why);
    CHECK(rename(*client, "/holiday-queued", "/holiday") == why);
    CHECK(get(*client, "/holiday/a") == "aaa");
}

TEST_CASE("rights: each of the seven combinations allows exactly what it says") {
    for (unsigned mask = 1; mask < 8; ++mask) {
        const Rights rights{.upload = (mask & 1U) != 0, .read = (mask & 2U) != 0, .remove = (mask & 4U) != 0};
        CAPTURE(mask);
        UploadHouse house;
        CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
        CHECK(put(*house.connect(), "/holiday/z", "zzz") == "ok");
        house.alice().rights = rights;
        house.start();
        const auto client = house.connect();
        CHECK(list(*client, "/holiday") == Strings{"a", "z"});
        CHECK((get(*client, "/holiday/a") == "aaa") == rights.read);
        CHECK(digest(*client, "/holiday/a", {.start = 1, .length = 1, .block = 0}).has_value() ==
              rights.read);
        CHECK((put(*client, "/holiday/b", "b") == "ok") == rights.upload);
        CHECK(client->make_folder("/holiday/d", 0755).has_value() == rights.upload);
        CHECK(client->make_symlink("a", "/holiday/l").has_value() == rights.upload);
        CHECK((hardlink(*client, "/holiday/a", "/holiday/h") == "ok") == rights.upload);
        CHECK((rename(*client, "/holiday/z", "/holiday/y") == "ok") == rights.upload);
        CHECK(client->remove("/holiday/a").has_value() == rights.remove);
        if (rights.upload) CHECK(client->remove_folder("/holiday/d").has_value() == rights.remove);
        CHECK((burn(*client, "holiday") == "ok: holiday is sealed") == rights.upload);
        CHECK((cancel(*client, "holiday") == "ok: holiday is open again") == rights.upload);
    }
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
    CHECK(free_bytes(*one) == 0);
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
    const auto free = [&] { return free_bytes(*client); };
    CHECK(put(*client, "/holiday/a", "aaaa") == "ok");
    CHECK(put(*client, "/holiday/a", "aa") == "ok");
    CHECK(free() == 8);
    CHECK(put(*client, "/holiday/b", "bbbb") == "ok");
    CHECK(rename(*client, "/holiday/a", "/holiday/b", RenameMode::replace) == "ok");
    CHECK(free() == 8);
    CHECK(hardlink(*client, "/holiday/b", "/holiday/l") == "ok");
    CHECK(free() == 6);
    CHECK(shown(client->set_attributes("/holiday/b",
                                       {.size_bytes = 1, .mode = {}, .atime = {}, .mtime = {}})) == "ok");
    CHECK(free() == 8);  // one file under two names
    CHECK(shown(client->set_attributes("/holiday/b",
                                       {.size_bytes = 20, .mode = {}, .atime = {}, .mtime = {}})) != "ok");
    CHECK(shown(client->remove("/holiday/l")) == "ok");
    CHECK(free() == 9);
}

TEST_CASE("quota: a refused marker counts once it is renamed to something else") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    house.fits = fail(Errc::does_not_fit, "too large for any disc");
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aa") == "ok");
    CHECK(contains(put(*client, "/holiday/BURN", "mmmmmmmm"), "too large for any disc"));
    CHECK(put(*client, "/holiday/b", "bbbbb") == "ok");
    CHECK(contains(rename(*client, "/holiday/BURN.refused", "/holiday/data"), "quota"));
    CHECK(shown(client->remove("/holiday/b")) == "ok");
    CHECK(rename(*client, "/holiday/BURN.refused", "/holiday/data") == "ok");
    CHECK(contains(put(*client, "/holiday/c", "c"), "quota"));
    CHECK(shown(client->remove("/holiday/c")) == "ok");
    house.fits = {};
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    CHECK(house.rows().at(0).bytes == 10);
}

TEST_CASE("quota: counted anew at start") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    CHECK(put(*house.connect(), "/holiday/a", "aaaa") == "ok");
    CHECK(put(*house.connect(), "/other/b", "bbb") == "ok");
    CHECK(put(*house.connect(), "/other/BURN", "") == "ok: other is sealed");
    house.kill();
    CHECK(free_bytes(*house.connect()) == 3);
}

TEST_CASE("quota: a failed session counts no more, and again when a person retries it") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaaa") == "ok");
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    const SessionId id = house.rows()[0].id;
    REQUIRE(house.catalogue->step(id, SessionState::queued, SessionState::failed, "bad"));
    house.publish(EventKind::session_failed, "holiday");
    CHECK(free_bytes(*client) == 10);
    REQUIRE(house.catalogue->step(id, SessionState::failed, SessionState::queued, ""));
    house.publish(EventKind::session_queued, "holiday");
    CHECK(free_bytes(*client) == 6);
    house.publish(EventKind::session_failed, "holiday");  // late: the catalogue knows better
    CHECK(free_bytes(*client) == 6);
}

TEST_CASE("space: the smallest of the quota's rest, the room on the disc and that of the file system") {
    UploadHouse house;
    house.alice().quota_bytes = 10'000;
    house.inbox_fs.limit_bytes(20'000);
    house.start();
    CHECK(free_bytes(*house.connect()) == 10'000);
    house.disc_room = DiscRoom{8'000, 700};
    CHECK(free_bytes(*house.connect()) == 700);
    CHECK(space(*house.connect(), "/").value().total_bytes == 8'000);
    house.disc_room = DiscRoom{80'000, 70'000};
    CHECK(free_bytes(*house.connect()) == 10'000);
    house.alice().quota_bytes = 0;
    house.start();
    CHECK(free_bytes(*house.connect()) == 20'000);
}

TEST_CASE("quota: a cancelled session is counted once") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaaa") == "ok");
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(free_bytes(*client) == 6);
    CHECK(cancel(*client, "holiday") == "ok: holiday is open again");
    CHECK(free_bytes(*client) == 6);
}

TEST_CASE("limits: open sessions and their files are bounded, and the refusal names the key") {
    UploadHouse house;
    house.config.limits.sessions = 2;
    house.config.limits.files = 3;
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/one/a", "a") == "ok");
    CHECK(shown(client->make_folder("/two", 0755)) == "ok");
    CHECK(contains(shown(client->make_folder("/three", 0755)), "(limits.sessions)"));
    CHECK(contains(put(*client, "/three/a", "a"), "(limits.sessions)"));
    CHECK_FALSE(house.exists("alice/three"));
    CHECK(put(*client, "/two/b", "b") == "ok");
    CHECK(put(*client, "/two/c", "c") == "ok");
    CHECK(contains(put(*client, "/one/d", "d"), "(limits.files)"));
    CHECK(contains(hardlink(*client, "/one/a", "/one/d"), "(limits.files)"));
    CHECK_FALSE(house.exists("alice/one/d"));
    CHECK(put(*client, "/one/a", "again") == "ok");
    CHECK(put(*client, "/two/BURN", "") == "ok: two is sealed");  // a marker is always taken
    CHECK(put(*client, "/three/a", "a") == "ok");
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
