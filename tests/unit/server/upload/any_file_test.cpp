// The predecessor's rule: data two levels deep, and any one file one step above it.
#include <doctest/doctest.h>

#include <cerrno>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

namespace {

// What `scp -r photos burnbox:holiday/` does on a connection of its own.
void send_photos(Client& client) {
    REQUIRE(client.info("/holiday/", true).value().type == FileType::folder);
    REQUIRE(shown(client.make_folder("/holiday/photos", 0755)) == "ok");
    REQUIRE(put(client, "/holiday/photos/a.jpg", "aaa") == "ok");
}

}  // namespace

TEST_CASE("any file: scp -r, then one file one step above it, seals when the last connection has closed") {
    UploadHouse house;
    send_photos(*house.connect());
    auto client = house.connect();
    CHECK(put(*client, "/holiday/issue", "Debian") == "ok");
    CHECK(house.rows().empty());
    client.reset();
    REQUIRE(house.rows().size() == 1);
    CHECK(house.rows()[0].marker_name == "issue");
    CHECK(house.names("alice") == Strings{"holiday-queued"});
    CHECK(house.manifest_paths(house.rows()[0]) == Strings{"photos", "photos/a.jpg"});
}

TEST_CASE("any file: the sender of the data closes last and the seal waits for it") {
    UploadHouse house;
    auto data = house.connect();
    send_photos(*data);
    CHECK(put(*house.connect(), "/holiday/issue", "Debian") == "ok");
    CHECK(house.rows().empty());
    SUBCASE("nothing came after the marker's connection was opened") {
        data.reset();
        CHECK(house.rows().size() == 1);
    }
    SUBCASE("more data came") {
        CHECK(put(*data, "/holiday/photos/b.jpg", "b") == "ok");
        data.reset();
        CHECK(house.rows().empty());
    }
    SUBCASE("a file is cut off") {
        auto file = create(*data, "/holiday/photos/b.jpg");
        file.reset();
        data.reset();
        CHECK(house.rows().empty());
    }
    SUBCASE("another connection is open, but wrote elsewhere") {
        const auto other = house.connect();
        CHECK(shown(other->make_folder("/other", 0755)) == "ok");
        data.reset();
        CHECK(house.rows().size() == 1);
    }
}

TEST_CASE("any file: never half-way: what one connection sends is data, in any order") {
    UploadHouse house;
    auto client = house.connect();
    SUBCASE("files one level too high, before the folder") {
        CHECK(put(*client, "/holiday/z.jpg", "z") == "ok");
        CHECK(shown(client->make_folder("/holiday/photos", 0755)) == "ok");
        CHECK(put(*client, "/holiday/photos/a.jpg", "a") == "ok");
    }
    SUBCASE("the file last") {
        CHECK(shown(client->make_folder("/holiday/photos", 0755)) == "ok");
        CHECK(put(*client, "/holiday/photos/a.jpg", "a") == "ok");
        CHECK(put(*client, "/holiday/z.jpg", "z") == "ok");
    }
    client.reset();
    CHECK(house.rows().empty());
    CHECK(house.uploads->open_sessions().at(0).reason == "no marker yet: send BURN");
}

TEST_CASE("any file: a second file, no folder, an ignored name or an upload after a restart is data") {
    UploadHouse house;
    SUBCASE("two files") {
        send_photos(*house.connect());
        CHECK(put(*house.connect(), "/holiday/.DS_Store", "x") == "ok");
        CHECK(put(*house.connect(), "/holiday/issue", "x") == "ok");
    }
    SUBCASE("a stranger's file") {
        send_photos(*house.connect());
        house.put_behind("alice/holiday/other", "x");
        CHECK(put(*house.connect(), "/holiday/issue", "x") == "ok");
    }
    SUBCASE("a stranger's newer file, deeper") {
        send_photos(*house.connect());
        auto client = house.connect();
        house.clock.advance(std::chrono::seconds(1));
        house.put_behind("alice/holiday/photos/other", "x");
        CHECK(put(*client, "/holiday/issue", "x") == "ok");
    }
    SUBCASE("no folder") {
        CHECK(put(*house.connect(), "/holiday/a", "x") == "ok");
        CHECK(burn(*house.connect(), "nothing") == "there is no open session nothing");
    }
    SUBCASE("an ignored name") {
        send_photos(*house.connect());
        CHECK(put(*house.connect(), "/holiday/issue.filepart", "x") == "ok");
    }
    SUBCASE("switched off") {
        house.config.session.any_file = false;
        send_photos(*house.connect());
        CHECK(put(*house.connect(), "/holiday/issue", "x") == "ok");
    }
    SUBCASE("a restart between") {
        send_photos(*house.connect());
        auto client = house.connect();
        CHECK(put(*client, "/holiday/issue", "x") == "ok");
        house.jobs_wait = true;
        client.reset();
        house.kill();
    }
    CHECK(house.rows().empty());
    CHECK(house.exists("alice/holiday"));
}

TEST_CASE("any file: an ignored name becomes a marker when it is renamed") {
    UploadHouse house;
    send_photos(*house.connect());
    auto client = house.connect();
    CHECK(put(*client, "/holiday/issue.filepart", "x") == "ok");
    CHECK(rename(*client, "/holiday/issue.filepart", "/holiday/issue") == "ok");
    client.reset();
    CHECK(house.rows().size() == 1);
}

TEST_CASE("any file: refused, the reason is in REFUSED.txt and the file keeps its content") {
    UploadHouse house;
    house.fits = fail(Errc::does_not_fit, "too large for any disc");
    send_photos(*house.connect());
    CHECK(put(*house.connect(), "/holiday/issue", "Debian") == "ok");
    CHECK(house.rows().empty());
    CHECK(house.text("alice/holiday/issue.refused") == "Debian");
    CHECK(contains(house.text("alice/holiday/REFUSED.txt"), "too large for any disc"));
    house.fits = {};
    CHECK(put(*house.connect(), "/holiday/issue", "Debian") == "ok");
    CHECK(house.rows().size() == 1);
}

TEST_CASE("any file: what keeps it from being a marker is said, and it stays what it is") {
    UploadHouse house;
    send_photos(*house.connect());
    std::string why;
    SUBCASE("a file was cut off") {
        (void)write(*create(*house.connect(), "/holiday/photos/b.jpg"), "half");
        why = "cut off in the middle: photos/b.jpg; send";
        const std::string told = put(*house.connect(), "/holiday/issue", "Debian");
        CHECK(contains(told, "ok: holiday can't be sealed yet: " + why));
    }
    SUBCASE("a file was refused") {
        {
            const auto client = house.connect();
            house.plan.fail_at(1, EMFILE, FaultPlan::Mode::once);
            CHECK(put(*client, "/holiday/photos/b.jpg", "b") != "ok");
        }
        why = "missing: photos/b.jpg; send";
        CHECK(contains(put(*house.connect(), "/holiday/issue", "Debian"), why));
    }
    CHECK(house.rows().empty());
    CHECK(house.text("alice/holiday/issue") == "Debian");
    CHECK(contains(house.text("alice/holiday/REFUSED.txt"), why));
    CHECK(contains(house.text("alice/holiday/REFUSED.txt"), "then issue or any other marker again"));
    CHECK(contains(house.uploads->open_sessions().at(0).reason, "photos/b.jpg"));
    CHECK(put(*house.connect(), "/holiday/photos/b.jpg", "b") == "ok");
    CHECK(house.rows().empty());
    CHECK(put(*house.connect(), "/holiday/issue", "Debian") == "ok");
    REQUIRE(house.rows().size() == 1);
    CHECK(house.rows()[0].marker_name == "issue");
}

TEST_CASE("any file: with nothing in the folders beside it it is data, whoever made them") {
    UploadHouse house;
    CHECK(shown(house.connect()->make_folder("/holiday/photos", 0755)) == "ok");
    SUBCASE("one empty folder") {}
    SUBCASE("empty folders in it") {
        CHECK(shown(house.connect()->make_folder("/holiday/photos/raw", 0755)) == "ok");
    }
    CHECK(put(*house.connect(), "/holiday/readme.txt", "x") == "ok");
    CHECK(house.rows().empty());
    CHECK(house.uploads->open_sessions().at(0).reason == "no marker yet: send BURN");
}
