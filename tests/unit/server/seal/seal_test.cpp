// The main path: files, marker, sealed.
#include <doctest/doctest.h>

#include <algorithm>

#include "common/session/sealed_session.hpp"
#include "server/rules/marker_rule.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

namespace {

void put_photos(Client& client) {
    REQUIRE(shown(client.make_folder("/holiday", 0755)) == "ok");
    REQUIRE(shown(client.make_folder("/holiday/photos", 0755)) == "ok");
    REQUIRE(put(client, "/holiday/photos/a.jpg", "aaa") == "ok");
    REQUIRE(put(client, "/holiday/photos/b.jpg", "bbbb") == "ok");
}

}  // namespace

TEST_CASE("seal: the marker's answer is the promise, kept through a power cut") {
    UploadHouse house;
    {
        const auto client = house.connect();
        put_photos(*client);
        CHECK(put(*client, "/holiday/BURN", "now") == "ok: holiday is sealed");
    }
    house.power_cut();
    REQUIRE(house.rows().size() == 1);
    const SessionRow row = house.rows()[0];
    CHECK(row.state == SessionState::queued);
    CHECK(row.name == "holiday");
    CHECK(row.disc_name == "holiday");
    CHECK(row.folder == "holiday-queued");
    CHECK(row.folder_next.empty());
    CHECK(row.bytes == 7);
    CHECK(row.files_count == 2);
    CHECK(row.marker_name == "BURN");
    CHECK(house.names("alice") == Strings{"holiday-queued"});
    CHECK(house.text("alice/holiday-queued/photos/b.jpg") == "bbbb");
    CHECK(house.text("alice/holiday-queued/BURN") == "now");
    CHECK(house.manifest_paths(row) == Strings{"photos", "photos/a.jpg", "photos/b.jpg"});
    const auto text = read_file(house.state_fs, "seals/" + row.seal_id + ".jsonl", 1 << 20);
    REQUIRE(text);
    const auto record = parse_seal_record(*text);
    REQUIRE(record);
    CHECK(record->marker.content == "now");
    CHECK(record->manifest.find("photos/a.jpg")->sha256 == Sha256::of("aaa"));
    CHECK(record->manifest.content_digest() == row.content_digest);
}

TEST_CASE("seal: it is told to the burner and to whoever listens, and its journal goes") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    CHECK(house.state_fs.info("journal/alice/holiday.jsonl"));
    REQUIRE(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(house.wakes == 1);
    CHECK(house.event_names == Strings{"session_sealed holiday"});
    CHECK_FALSE(house.state_fs.info("journal/alice/holiday.jsonl"));
    CHECK(house.names("alice/holiday-queued") == Strings{"BURN", "STATUS.txt", "photos"});
    CHECK(house.uploads->open_sessions().empty());
}

TEST_CASE("seal: files beside the folders, links and empty folders are burned too") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    CHECK(put(*client, "/holiday/notes.txt", "n") == "ok");
    CHECK(shown(client->make_folder("/holiday/empty", 0755)) == "ok");
    CHECK(shown(client->make_symlink("photos/a.jpg", "/holiday/best.jpg")) == "ok");
    CHECK(put(*client, "/holiday/.DS_Store", "junk") == "ok");
    REQUIRE(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(house.manifest_paths(house.rows()[0]) ==
          Strings{".DS_Store", "best.jpg", "empty", "notes.txt", "photos", "photos/a.jpg", "photos/b.jpg"});
}

TEST_CASE("seal: a marker of any kind: empty, with content, renamed to, by the command") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    SUBCASE("a rename to its name") {
        CHECK(put(*client, "/holiday/BURN.filepart", "x") == "ok");
        CHECK(house.rows().empty());
        CHECK(rename(*client, "/holiday/BURN.filepart", "/holiday/BURN") == "ok: holiday is sealed");
    }
    SUBCASE("a rename that may replace") {
        CHECK(put(*client, "/holiday/.BURN.abcdef", "") == "ok");
        CHECK(rename(*client, "/holiday/.BURN.abcdef", "/holiday/BURN", RenameMode::replace) ==
              "ok: holiday is sealed");
    }
    SUBCASE("a rename from a folder below") {
        CHECK(rename(*client, "/holiday/photos/b.jpg", "/holiday/BURN") == "ok: holiday is sealed");
    }
    SUBCASE("opened, never written") {
        CHECK(close(*client, create(*client, "/holiday/BURN")) == "ok: holiday is sealed");
    }
    SUBCASE("the command") {
        CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    }
    SUBCASE("the command with the account's name before it") {
        CHECK(burn(*client, "alice/holiday") == "ok: holiday is sealed");
    }
    CHECK(house.rows().size() == 1);
    CHECK(house.exists("alice/holiday-queued"));
}

TEST_CASE("seal: a marker that is too large to be kept beside the data is data too") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    std::size_t over = 0;
    Strings expected{"photos", "photos/a.jpg", "photos/b.jpg"};
    SUBCASE("to the byte it is not") {}
    SUBCASE("a byte more") {
        over = 1;
        expected.insert(expected.begin(), "BURN");
    }
    const std::string content(kMarkerBytes + over, 'm');
    CHECK(put(*client, "/holiday/BURN", content) == "ok: holiday is sealed");
    REQUIRE(house.rows().size() == 1);
    const SessionRow row = house.rows()[0];
    CHECK(house.manifest_paths(row) == expected);
    const auto sealed =
        parse_seal_record(*read_file(house.state_fs, "seals/" + row.seal_id + ".jsonl", 4 << 20));
    REQUIRE(sealed);
    CHECK(sealed->marker.name == "BURN");
    CHECK(sealed->marker.sha256 == Sha256::of(content));
    CHECK(sealed->marker.content.size() == (over == 0 ? content.size() : 0));
}

TEST_CASE("seal: a marker with content is data too where the disc has nothing beside the data") {
    for (const Layout layout : {Layout::bag, Layout::plain, Layout::root})
        for (const std::string& content : Strings{"", "a person's"}) {
            CAPTURE(content);
            UploadHouse house;
            house.config.burn.layout = layout;
            const auto client = house.connect();
            put_photos(*client);
            Strings expected{"photos", "photos/a.jpg", "photos/b.jpg"};
            if (layout != Layout::bag && !content.empty()) expected.insert(expected.begin(), "BURN");
            CHECK(put(*client, "/holiday/BURN", content) == "ok: holiday is sealed");
            REQUIRE(house.rows().size() == 1);
            CHECK(house.manifest_paths(house.rows()[0]) == expected);
        }
}

TEST_CASE("seal: a marker with content is data too in a session that is a bag already") {
    using upload::has_tag_files;
    Manifest manifest;
    CHECK(has_tag_files(Layout::bag, manifest));
    CHECK(!has_tag_files(Layout::plain, manifest));
    manifest.entries.push_back({.path = "bagit.txt", .type = FileType::file});
    CHECK(!has_tag_files(Layout::bag, manifest));
}

TEST_CASE("seal: links, folders and files elsewhere are never markers") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    CHECK(put(*client, "/holiday/photos/BURN", "data") == "ok");
    CHECK(shown(client->make_symlink("photos/a.jpg", "/holiday/BURN")) == "ok");
    CHECK(hardlink(*client, "/holiday/photos/a.jpg", "/holiday/photos/SHA256SUMS") == "ok");
    CHECK(shown(client->remove("/holiday/BURN")) == "ok");
    CHECK(shown(client->make_folder("/holiday/BURN", 0755)) == "ok");
    CHECK(house.rows().empty());
    CHECK(house.exists("alice/holiday"));
}

TEST_CASE("seal: a hard link to a marker's name is a marker, as a rename to it is") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    SUBCASE("it seals") {
        REQUIRE(put(*client, "/holiday/start", "go") == "ok");
        CHECK(hardlink(*client, "/holiday/start", "/holiday/BURN") == "ok: holiday is sealed");
        REQUIRE(house.rows().size() == 1);
        CHECK(house.rows()[0].marker_name == "BURN");
        const auto paths = house.manifest_paths(house.rows()[0]);
        CHECK(std::ranges::count(paths, "start") == 1);
        CHECK(std::ranges::count(paths, "BURN") == 0);
    }
    SUBCASE("what it can't seal it says") {
        REQUIRE(put(*client, "/holiday/list", std::string(64, '0') + "  photos/a.jpg\n") == "ok");
        CHECK(contains(hardlink(*client, "/holiday/list", "/holiday/SHA256SUMS"), "does not match"));
        CHECK(house.exists("alice/holiday/SHA256SUMS.refused"));
        CHECK(house.exists("alice/holiday/list"));
    }
}

TEST_CASE("seal: content sent in any order, anew or appended has the digest of what is on the disk") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
    auto file = create(*client, "/holiday/mixed");
    CHECK(write(*file, "world", 6) == "ok");
    CHECK(write(*file, "hello ", 0) == "ok");
    CHECK(close(*client, std::move(file)) == "ok");
    CHECK(put(*client, "/holiday/twice", "first, and longer") == "ok");
    CHECK(put(*client, "/holiday/twice", "second") == "ok");
    CHECK(put(*client, "/holiday/longer", "abc") == "ok");
    auto more = client->open("/holiday/longer", {.write = true});
    REQUIRE(more);
    CHECK(write(**more, "def", 3) == "ok");
    CHECK(close(*client, std::move(*more)) == "ok");
    auto appended = client->open("/holiday/appended", {.write = true, .create = true, .append = true});
    REQUIRE(appended);
    CHECK(write(**appended, "one", 0) == "ok");
    CHECK(write(**appended, "two", 0) == "ok");
    CHECK(close(*client, std::move(*appended)) == "ok");
    CHECK(put(*client, "/holiday/shorter", "abcdef") == "ok");
    CHECK(shown(client->set_attributes("/holiday/shorter",
                                       {.size_bytes = 2, .mode = {}, .atime = {}, .mtime = {}})) == "ok");
    REQUIRE(burn(*client, "holiday") == "ok: holiday is sealed");
    const SessionRow row = house.rows()[0];
    const auto record =
        parse_seal_record(read_file(house.state_fs, "seals/" + row.seal_id + ".jsonl", 1 << 20).value());
    REQUIRE(record);
    const auto digest = [&](const char* path) { return record->manifest.find(path)->sha256; };
    CHECK(digest("mixed") == Sha256::of("hello world"));
    CHECK(digest("twice") == Sha256::of("second"));
    CHECK(digest("longer") == Sha256::of("abcdef"));
    CHECK(digest("appended") == Sha256::of("onetwo"));
    CHECK(digest("shorter") == Sha256::of("ab"));
}

TEST_CASE("seal: what an administrator puts there or changes while we run is read at the seal") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    house.put_behind("alice/holiday/cp/c.jpg", "ccc");
    house.put_behind("alice/holiday/photos/a.jpg", "AAA");
    REQUIRE(burn(*client, "holiday") == "ok: holiday is sealed");
    const auto record = parse_seal_record(
        read_file(house.state_fs, "seals/" + house.rows()[0].seal_id + ".jsonl", 1 << 20).value());
    REQUIRE(record);
    CHECK(record->manifest.find("cp/c.jpg")->sha256 == Sha256::of("ccc"));
    CHECK(record->manifest.find("photos/a.jpg")->sha256 == Sha256::of("AAA"));
}

TEST_CASE("seal: a session gets the first free disc name, whatever its case") {
    UploadHouse house;
    auto client = house.connect();
    put_photos(*client);
    CHECK(put(*client, "/holiday/BURN", "1") == "ok: holiday is sealed");
    client = house.connect();
    CHECK(shown(client->make_folder("/Holiday", 0755)) == "ok");
    CHECK(put(*client, "/Holiday/x", "x") == "ok");
    CHECK(put(*client, "/Holiday/BURN", "2") == "ok: Holiday is sealed as Holiday-2");
    client = house.connect();
    CHECK(shown(client->make_folder("/holiday", 0755)) == "ok");
    CHECK(put(*client, "/holiday/y", "y") == "ok");
    CHECK(put(*client, "/holiday/BURN", "3") == "ok: holiday is sealed as holiday-3");
    CHECK(house.names("alice") == Strings{"Holiday-queued", "holiday-queued", "holiday-queued-2"});
}

TEST_CASE("seal: sealed folders can be read but in no way changed") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    REQUIRE(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(get(*client, "/holiday-queued/photos/a.jpg") == "aaa");
    CHECK(list(*client, "/holiday-queued") == Strings{"BURN", "STATUS.txt", "photos"});
    const std::string why = "holiday-queued is sealed; rename it back to holiday to cancel it";
    CHECK(put(*client, "/holiday-queued/x", "x") == why);
    CHECK(put(*client, "/holiday-queued/photos/a.jpg", "x") == why);
    CHECK(shown(client->make_folder("/holiday-queued/x", 0755)) == why);
    CHECK(rename(*client, "/holiday-queued/photos", "/holiday-queued/p") == why);
    CHECK(shown(client->make_symlink("x", "/holiday-queued/x")) == why);
    CHECK(hardlink(*client, "/holiday-queued/photos/a.jpg", "/holiday-queued/x") == why);
    CHECK(shown(client->set_attributes("/holiday-queued/photos/a.jpg",
                                       {.size_bytes = 0, .mode = {}, .atime = {}, .mtime = {}})) == why);
    CHECK(contains(shown(client->remove("/holiday-queued/photos/a.jpg")), "nothing in it can be removed"));
    CHECK(contains(shown(client->remove_folder("/holiday-queued")), "nothing in it can be removed"));
}

TEST_CASE("seal: while it is under way changes are refused, reading goes on, and set times are ignored") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    house.jobs_wait = true;
    const Answer marker;
    client->close(create(*client, "/holiday/BURN"), marker.done());
    CHECK((*marker).empty());
    CHECK(put(*client, "/holiday/late", "x") == "holiday is being sealed");
    CHECK(rename(*client, "/holiday", "/other") == "holiday is being sealed");
    CHECK(get(*client, "/holiday/photos/a.jpg") == "aaa");
    CHECK(shown(client->set_attributes("/holiday/BURN",
                                       {.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = {}})) == "ok");
    CHECK(house.uploads->open_sessions().at(0).reason == "is being sealed");
    house.run_jobs();
    CHECK(*marker == "ok: holiday is sealed");
}

TEST_CASE("seal: two markers racing: one seal, one answer for both") {
    UploadHouse house;
    const auto one = house.connect();
    const auto two = house.connect();
    put_photos(*one);
    auto first = create(*one, "/holiday/BURN");
    auto second = two->open("/holiday/BURN", {.write = true});
    REQUIRE(second);
    const Answer answer_one, answer_two, answer_three;
    house.jobs_wait = true;
    one->close(std::move(first), answer_one.done());
    two->close(std::move(*second), answer_two.done());
    two->burn("holiday", false, answer_three.done());
    house.run_jobs();
    CHECK(*answer_one == "ok: holiday is sealed");
    CHECK(*answer_two == "ok: holiday is sealed");
    CHECK(*answer_three == "ok: holiday is sealed");
    CHECK(house.rows().size() == 1);
}

TEST_CASE(
    "seal: a handle on the marker that is still open can write no more, and is answered like the marker") {
    UploadHouse house;
    const auto one = house.connect();
    const auto two = house.connect();
    put_photos(*one);
    auto first = create(*one, "/holiday/BURN");
    auto late = create(*two, "/holiday/BURN");
    CHECK(close(*one, std::move(first)) == "ok: holiday is sealed");
    CHECK(write(*late, "late") == "the session is sealed");
    CHECK(shown(late->set_attributes({.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = {}})) == "ok");
    CHECK(close(*two, std::move(late)) == "ok: holiday is sealed");
    CHECK(house.text("alice/holiday-queued/BURN").empty());
    CHECK_FALSE(house.state_fs.info("journal/alice/holiday.jsonl"));
}

TEST_CASE("seal: a second handle on a refused marker is refused too") {
    UploadHouse house;
    const auto one = house.connect();
    const auto two = house.connect();
    auto first = create(*one, "/holiday/BURN");
    auto late = create(*two, "/holiday/BURN");
    const std::string why = "holiday can't be sealed: the session is empty; upload into it first";
    CHECK(close(*one, std::move(first)) == why);
    CHECK(close(*two, std::move(late)) == why);
}

TEST_CASE("seal: a file that is not complete can't become a marker by its name") {
    UploadHouse house;
    const auto client = house.connect();
    put_photos(*client);
    auto file = create(*client, "/holiday/x");
    CHECK(rename(*client, "/holiday/x", "/holiday/BURN") ==
          "/holiday/x is not complete: it can't be a marker; send it again");
    file.reset();
    CHECK(contains(rename(*client, "/holiday/x", "/holiday/BURN"), "is not complete"));
    CHECK(house.exists("alice/holiday/x"));
}
