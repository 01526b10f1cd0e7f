// What clients see, and the trailing slash that makes a session.
#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

TEST_CASE("inbox: it lists the account's folders, and nothing of others") {
    UploadHouse house;
    house.config.accounts["bob"].name = "bob";
    house.start();
    house.put_behind("alice/notes.txt", "an administrator's");
    house.put_behind("bob/secret/x", "x");
    const auto client = house.connect();
    CHECK(shown(client->make_folder("/holiday", 0755)) == "ok");
    CHECK(list(*client, "/") == Strings{"holiday"});
    CHECK(get(*client, "/../bob/secret/x") == "/bob/secret/x: no such file or folder");
    CHECK(client->info("/../../etc", true).error().code == Errc::not_found);
}

TEST_CASE("trailing slash: a missing session answers as a folder, and looking makes nothing") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(client->info("/holiday/", true).value().type == FileType::folder);
    CHECK(client->info("holiday/", false).value().type == FileType::folder);
    CHECK(client->info("/holiday", true).error().code == Errc::not_found);
    CHECK(client->info("/holiday/photos/", true).error().code == Errc::not_found);
    CHECK(client->info("/holiday-queued/", true).error().code == Errc::not_found);
    CHECK(client->info("/-x/", true).error().code == Errc::not_found);
    CHECK(client->info("/discs/", true).error().code == Errc::not_found);
    CHECK(list(*client, "/holiday/") == Strings{"/holiday: no such file or folder"});
    CHECK(get(*client, "/holiday/a") == "/holiday/a: no such file or folder");
    CHECK(client->real_path("holiday/").value() == "/holiday/");
    CHECK(client->real_path("holiday/sub/").value() == "/holiday/sub/");
    CHECK(client->real_path("holiday").value() == "/holiday");
    CHECK(client->real_path("/..//.").value() == "/");
    CHECK(house.names("alice").empty());
}

TEST_CASE("trailing slash: the first file or folder below makes the session") {
    UploadHouse house;
    const auto client = house.connect();
    SUBCASE("a file") {
        CHECK(put(*client, "holiday//x", "x") == "ok");
    }
    SUBCASE("a folder") {
        CHECK(shown(client->make_folder("/holiday/photos", 0755)) == "ok");
    }
    CHECK(client->real_path("holiday/").value() == "/holiday");
    CHECK(house.names("alice") == Strings{"holiday"});
    CHECK(house.uploads->open_sessions().at(0).name == "holiday");
}

TEST_CASE("trailing slash: a refused request leaves no empty session behind") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/sub/x", "x") == "/holiday/sub: no such folder");
    CHECK(client->open("/holiday/x", {.write = true}).error().code == Errc::not_found);
    CHECK(shown(client->make_folder("/holiday/a/b", 0755)) == "/holiday/a/b: no such file or folder");
    CHECK(contains(put(*client, "/holiday/\xff", "x"), "not UTF-8"));
    CHECK(contains(put(*client, "/holiday/a\nb", "x"), "control characters"));
    CHECK(contains(put(*client, "/holiday/" + std::string(256, 'n'), "x"), "256 bytes long"));
    CHECK(put(*client, "/holiday/STATUS.txt", "x") ==
          "STATUS.txt is a name that burnbox uses itself; choose another name for your file");
    CHECK(contains(put(*client, "/holiday-queued/x", "x"), "holiday-queued is sealed"));
    CHECK(contains(put(*client, "/.hidden/x", "x"), "begins with '.' or '-'"));
    CHECK(shown(client->make_symlink("x", "/holiday/l")) == "/holiday/l: no such file or folder");
    CHECK(rename(*client, "/holiday/a", "/holiday/b") == "/holiday/a: no such file or folder");
    CHECK(house.names("alice").empty());
}

TEST_CASE("inbox: plain files and links directly in it are refused with the right form") {
    UploadHouse house;
    const auto client = house.connect();
    const std::string why =
        " would be a plain file directly in the inbox; upload into a folder: scp FILE HOST:NAME/";
    CHECK(put(*client, "/a.jpg", "x") == "/a.jpg" + why);
    CHECK(put(*client, "/holiday/x", "x") == "ok");
    CHECK(rename(*client, "/holiday/x", "/x") == "/x" + why);
    CHECK(put(*client, "/holiday", "x") == "/holiday is a folder");
    CHECK(contains(shown(client->make_symlink("holiday", "/link")), "can't lie directly in the inbox"));
    CHECK(contains(hardlink(*client, "/holiday/x", "/link"), "can't lie directly in the inbox"));
    CHECK(shown(client->make_folder("/", 0755)) == "/ exists already");
    CHECK(shown(client->remove_folder("/")) == "the inbox itself can't be changed");
    CHECK(rename(*client, "/", "/x") == "the inbox itself can't be renamed");
    CHECK(house.names("alice") == Strings{"holiday"});
}

TEST_CASE("names: clients can't make reserved ones, by any request") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
    for (const char* const name : {"/holiday-queued", "/x-burned", "/x-failed-7", "/-x", "/.x", "/discs"}) {
        CAPTURE(name);
        CHECK(contains(shown(client->make_folder(name, 0755)), "can't be a session's name"));
        CHECK(contains(rename(*client, "/holiday", name), "can't be a session's name"));
    }
    CHECK(house.names("alice") == Strings{"holiday"});
}

TEST_CASE("own files: they can be deleted in an open session, but nobody else's file gets their name") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/BURN", "") != "ok");
    for (const char* const name :
         {"STATUS.txt", "REFUSED.txt", "FAILED.txt", "RECEIPT.txt", "receipt.json", "x.refused"}) {
        CAPTURE(name);
        CHECK(contains(put(*client, std::string("/holiday/") + name, "x"), "burnbox uses itself"));
        CHECK(contains(shown(client->make_folder(std::string("/holiday/") + name, 0755)),
                       "burnbox uses itself"));
        CHECK(contains(shown(client->make_symlink("x", std::string("/holiday/") + name)),
                       "burnbox uses itself"));
    }
    CHECK(put(*client, "/holiday/x", "x") == "ok");
    CHECK(contains(rename(*client, "/holiday/x", "/holiday/RECEIPT.txt", RenameMode::replace),
                   "burnbox uses itself"));
    CHECK(rename(*client, "/holiday/REFUSED.txt", "/holiday/y") == "REFUSED.txt is burnbox's own file");
    CHECK(shown(client->make_folder("/holiday/sub", 0755)) == "ok");
    CHECK(put(*client, "/holiday/sub/RECEIPT.txt", "a user's") == "ok");
    CHECK(contains(get(*client, "/holiday/REFUSED.txt"), "holiday can't be sealed"));
    CHECK(shown(client->remove("/holiday/REFUSED.txt")) == "ok");
    CHECK(shown(client->remove("/holiday/BURN.refused")) == "ok");
}

TEST_CASE("attributes: a size sent back as it was told leaves a whole file whole, also over a restart") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/x", "abc") == "ok");
    const Attributes same{.size_bytes = 3, .mode = 0600, .atime = {}, .mtime = {}};
    CHECK(shown(house.connect()->set_attributes("/holiday/x", same)) == "ok");
    house.start();
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

TEST_CASE("attributes: setuid bits are masked, times kept, and the session folder stays usable") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = client->open("/holiday/x", {.write = true, .create = true, .permissions = 06777});
    REQUIRE(file);
    CHECK(close(*client, std::move(*file)) == "ok");
    CHECK(client->info("/holiday/x", true).value().mode == 0777);
    const auto set = [&](const char* path, const Attributes& attributes) {
        return shown(client->set_attributes(path, attributes));
    };
    CHECK(set("/holiday/x", {.size_bytes = {}, .mode = 04000, .atime = {}, .mtime = {}}) == "ok");
    CHECK(client->info("/holiday/x", true).value().mode == 0);
    CHECK(house.inbox_fs.info("alice/holiday/x")->mode == 0600);
    CHECK(set("/holiday", {.size_bytes = {}, .mode = 0, .atime = {}, .mtime = {}}) == "ok");
    CHECK(client->info("/holiday", true).value().mode == 0700);
    const Timestamp far{std::chrono::hours(24 * 365 * 200)};
    CHECK(set("/holiday/x",
              {.size_bytes = {}, .mode = {}, .atime = Timestamp{} - std::chrono::hours(1), .mtime = far}) ==
          "ok");
    CHECK(client->info("/holiday/x", true).value().mtime == far);
    CHECK(client->info("/holiday/x", true).value().atime == Timestamp{} - std::chrono::hours(1));
    CHECK(set("/nothing/x", {}) == "/nothing/x: no such file or folder");
}

TEST_CASE("attributes: times set after CLOSE cost no second reading at the seal") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/x", "x") == "ok");
    house.clock.advance(std::chrono::seconds(5));
    CHECK(shown(client->set_attributes(
              "/holiday/x", {.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = Timestamp{}})) == "ok");
    CHECK(rename(*client, "/holiday/x", "/holiday/y") == "ok");
    house.jobs_wait = true;  // a file that had to be read would not be answered now
    CHECK(digest(*client, "/holiday/y").value() == Digests{Sha256::of("x")});
}

TEST_CASE("folders of sessions can be renamed, removed and made again") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/x", "x") == "ok");
    CHECK(rename(*client, "/holiday", "/summer") == "ok");
    CHECK(get(*client, "/summer/x") == "x");
    CHECK(rename(*client, "/summer", "/other/summer") == "a session can't be moved into another one");
    CHECK(shown(client->make_folder("/other", 0755)) == "ok");
    CHECK(rename(*client, "/summer", "/other") == "/other exists already");
    CHECK(rename(*client, "/summer/x", "/other/y") == "ok");
    CHECK(shown(client->remove_folder("/summer")) == "ok");
    CHECK(burn(*client, "other") == "ok: other is sealed");
    CHECK(house.manifest_paths(house.rows()[0]) == Strings{"y"});
}

TEST_CASE("a folder that an administrator removes or makes while we run is noticed") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/x", "x") == "ok");
    REQUIRE(remove_tree(house.inbox_fs, "alice/holiday"));
    CHECK(client->info("/holiday", true).error().code == Errc::not_found);
    CHECK(put(*client, "/holiday/y", "y") == "ok");
    house.put_behind("alice/copied/z", "z");
    CHECK(put(*client, "/copied/BURN", "") == "ok: copied is sealed");
}

TEST_CASE(
    "a folder that an administrator removes is a new session with the next file, and forgets the old ones") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/x", "x") == "ok");
    REQUIRE(remove_tree(house.inbox_fs, "alice/holiday"));
    CHECK(put(*client, "/holiday/y", "y") == "ok");
    CHECK(shown(client->make_folder("/holiday/photos", 0755)) == "ok");
    CHECK(put(*client, "/holiday/photos/z", "z") == "ok");
    REQUIRE(remove_tree(house.inbox_fs, "alice/holiday"));
    CHECK(put(*client, "/holiday/photos/z", "z") == "/holiday/photos: no such folder");
    CHECK(put(*client, "/holiday/a", "a") == "ok");
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(house.manifest_paths(house.rows()[0]) == Strings{"a"});
}
