// Every refusal, its message, and what is left behind.
#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

namespace {

struct Sent {
    UploadHouse house;
    std::unique_ptr<Client> client = house.connect();

    Sent() {
        REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
        REQUIRE(shown(client->make_folder("/holiday/photos", 0755)) == "ok");
        REQUIRE(put(*client, "/holiday/photos/a.jpg", "aaa") == "ok");
    }
    // The marker is refused with this reason, the session stays open, and nothing was deleted.
    void refused(const std::string& reason) {
        CHECK(put(*client, "/holiday/BURN", "m") == "holiday can't be sealed: " + reason);
        CHECK(house.rows().empty());
        CHECK(house.text("alice/holiday/BURN.refused") == "m");
        CHECK_FALSE(house.exists("alice/holiday/BURN"));
        CHECK(contains(house.text("alice/holiday/REFUSED.txt"), reason));
        CHECK(house.uploads->open_sessions().at(0).files_count > 0);
    }
};

}  // namespace

TEST_CASE("refused: a file whose connection dropped, until it is sent again or deleted") {
    Sent sent;
    {
        const auto dropped = sent.house.connect();
        auto file = create(*dropped, "/holiday/photos/b.jpg");
        CHECK(write(*file, "half") == "ok");
    }
    CHECK(sent.house.uploads->open_sessions().at(0).reason == "cut off: photos/b.jpg; send them again");
    sent.refused("cut off in the middle: photos/b.jpg; send them again or delete them");
    SUBCASE("sent again") {
        CHECK(put(*sent.client, "/holiday/photos/b.jpg", "whole") == "ok");
    }
    SUBCASE("resumed") {
        auto file = sent.client->open("/holiday/photos/b.jpg", {.write = true});
        REQUIRE(file);
        CHECK(write(**file, " is now whole", 4) == "ok");
        CHECK(close(*sent.client, std::move(*file)) == "ok");
    }
    SUBCASE("deleted") {
        CHECK(shown(sent.client->remove("/holiday/photos/b.jpg")) == "ok");
    }
    SUBCASE("renamed it is still cut off") {
        CHECK(rename(*sent.client, "/holiday/photos", "/holiday/pictures") == "ok");
        CHECK(contains(put(*sent.client, "/holiday/BURN", "m"), "pictures/b.jpg"));
        CHECK(sent.house.exists("alice/holiday/BURN-2.refused"));
        CHECK(shown(sent.client->remove("/holiday/pictures/b.jpg")) == "ok");
    }
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK_FALSE(sent.house.exists("alice/holiday-queued/REFUSED.txt"));
    for (const std::string& path : sent.house.manifest_paths(sent.house.rows()[0]))
        CHECK_FALSE(contains(path, ".refused"));
}

TEST_CASE("refused: a file that is opened and lost without a change is as whole as it was") {
    Sent sent;
    {
        const auto dropped = sent.house.connect();
        REQUIRE(dropped->open("/holiday/photos/a.jpg", {.write = true}));
    }
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
}

TEST_CASE("refused: handles still open for writing count, a reading one does not") {
    Sent sent;
    auto file = create(*sent.client, "/holiday/photos/b.jpg");
    auto reading = sent.client->open("/holiday/photos/a.jpg", {.read = true});
    REQUIRE(reading);
    sent.refused("still being written: photos/b.jpg; wait until they are complete");
    CHECK(close(*sent.client, std::move(file)) == "ok");
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
}

TEST_CASE("refused: a write that failed makes a file that is not whole, and CLOSE says so") {
    Sent sent;
    sent.house.inbox_fs.limit_bytes(10);
    auto file = create(*sent.client, "/holiday/photos/b.jpg");
    CHECK(contains(write(*file, "more than there is room for"), "No space left"));
    CHECK(contains(close(*sent.client, std::move(file)), "No space left"));
    sent.house.inbox_fs.limit_bytes(1U << 20U);
    sent.refused("cut off in the middle: photos/b.jpg; send them again or delete them");
}

TEST_CASE("refused: an empty session") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/BURN", "m") ==
          "holiday can't be sealed: the session is empty; upload into it first");
    CHECK(house.names("alice/holiday") == Strings{"BURN.refused", "REFUSED.txt"});
    CHECK(burn(*client, "holiday") == "holiday can't be sealed: the session is empty; upload into it first");
}

TEST_CASE("refused: names and entries that no disc can hold, put there without us") {
    Sent sent;
    SUBCASE("a name that is not UTF-8") {
        sent.house.put_behind("alice/holiday/photos/\xff.jpg", "x");
        sent.refused("names that can't be put on a disc: photos/\\xff.jpg; rename them");
    }
    SUBCASE("a link that leads out") {
        REQUIRE(sent.house.inbox_fs.make_symlink("/etc/passwd", "alice/holiday/p"));
        sent.refused("link p to \"/etc/passwd\": links must be relative, so that they work on the disc");
    }
}

TEST_CASE("refused: it can fit on no disc of the pool") {
    Sent sent;
    sent.house.fits = fail(Errc::does_not_fit, "9 GiB are too much for a dvd+r of 4.4 GiB");
    sent.refused("9 GiB are too much for a dvd+r of 4.4 GiB");
}

TEST_CASE("refused: the same is on a disc already, unless it is asked for again") {
    UploadHouse house;
    auto client = house.connect();
    const auto send = [&] {
        REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
        REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
    };
    send();
    REQUIRE(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    house.burn(house.rows()[0].id, "BURNBOX_0001");
    send();
    const std::string why =
        "holiday can't be sealed: exactly the same is on disc BURNBOX_0001 already, as holiday; "
        "to burn it once more: burnbox burn holiday --again";
    CHECK(put(*client, "/holiday/BURN", "m") == why);
    CHECK(burn(*client, "holiday") == why);
    CHECK(burn(*client, "holiday", true) == "ok: holiday is sealed as holiday-2");
}

TEST_CASE("refused: the same waits already, unless it is asked for again") {
    UploadHouse house;
    auto client = house.connect();
    const auto send = [&](const char* content) {
        (void)client->make_folder("/holiday", 0755);
        REQUIRE(put(*client, "/holiday/a", content) == "ok");
        return burn(*client, "holiday");
    };
    REQUIRE(send("aaa") == "ok: holiday is sealed");
    CHECK(send("aaa") ==
          "holiday can't be sealed: exactly the same waits to be burned already, as holiday; "
          "to burn it once more: burnbox burn holiday --again");
    CHECK(send("bbb") == "ok: holiday is sealed as holiday-2");
    CHECK(contains(send("aaa"), "exactly the same waits to be burned already, as holiday;"));
    CHECK(burn(*client, "holiday", true) == "ok: holiday is sealed as holiday-3");
    SUBCASE("not one that has failed") {
        for (const SessionRow& row : house.rows())
            REQUIRE(house.catalogue->step(row.id, SessionState::queued, SessionState::failed, "test"));
        CHECK(send("aaa") == "ok: holiday is sealed as holiday-4");
    }
}

TEST_CASE("refused: not when the disc is missing or suspect that it is on") {
    UploadHouse house;
    auto client = house.connect();
    const auto send = [&] {
        REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
        REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
        return put(*client, "/holiday/BURN", "m");
    };
    REQUIRE(send() == "ok: holiday is sealed");
    house.burn(house.rows()[0].id, "BURNBOX_0001");
    const DiscRow disc = house.catalogue->discs().value().at(0);
    SUBCASE("missing") {
        REQUIRE(house.catalogue->disc_missing(disc.id, disc.created_at).has_value());
        CHECK(send() == "ok: holiday is sealed as holiday-2");
    }
    SUBCASE("suspect") {
        DiscRow suspect = disc;
        suspect.state = DiscState::suspect;
        REQUIRE(house.catalogue->update_disc(suspect).has_value());
        CHECK(send() == "ok: holiday is sealed as holiday-2");
    }
}

TEST_CASE("refused: a file that is no valid bag though it says so") {
    Sent sent;
    CHECK(put(*sent.client, "/holiday/bagit.txt",
              "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n") == "ok");
    CHECK(contains(put(*sent.client, "/holiday/BURN", "m"), "holiday can't be sealed: "));
    CHECK(sent.house.exists("alice/holiday/BURN.refused"));
}

TEST_CASE(
    "not sealed: when the disk or the catalogue fails the marker keeps its name and may be sent again") {
    Sent sent;
    sent.house.fits = fail(Errc::io, "the drive does not answer");
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "the drive does not answer");
    CHECK(sent.house.exists("alice/holiday/BURN"));
    CHECK_FALSE(sent.house.exists("alice/holiday/REFUSED.txt"));
    sent.house.fits = {};
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
}

TEST_CASE("not sealed: a connection lost before the marker is complete leaves no marker") {
    Sent sent;
    {
        const auto dropped = sent.house.connect();
        auto marker = create(*dropped, "/holiday/BURN");
        CHECK(write(*marker, "half") == "ok");
    }
    CHECK(sent.house.rows().empty());
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
}

TEST_CASE("a refused marker may be renamed back to be one") {
    Sent sent;
    auto file = create(*sent.client, "/holiday/photos/b.jpg");
    sent.refused("still being written: photos/b.jpg; wait until they are complete");
    CHECK(close(*sent.client, std::move(file)) == "ok");
    CHECK(rename(*sent.client, "/holiday/BURN.refused", "/holiday/BURN") == "ok: holiday is sealed");
}

TEST_CASE("sent anew over another connection, a file is whole though the old connection still hangs") {
    Sent sent;
    const auto hanging = sent.house.connect();
    auto old_file = create(*hanging, "/holiday/photos/b.jpg");
    CHECK(write(*old_file, "half") == "ok");
    CHECK(put(*sent.client, "/holiday/photos/b.jpg", "whole") == "ok");
    CHECK(write(*old_file, "late", 4) != "ok");
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    old_file.reset();
    CHECK(sent.house.text("alice/holiday-queued/photos/b.jpg") == "whole");
}

TEST_CASE("refused: a hundred thousand bad links are answered with the first few, and at once") {
    Sent sent;
    REQUIRE(sent.house.inbox_fs.make_folder("alice/holiday/links", 0755));
    for (int i = 0; i < 100'000; ++i)
        REQUIRE(sent.house.inbox_fs.make_symlink("/etc/passwd",
                                                 "alice/holiday/links/" + std::to_string(100'000 + i)));
    const std::string answer = put(*sent.client, "/holiday/BURN", "m");
    CHECK(contains(answer, "link links/100009 to"));
    CHECK(contains(answer, "and 99990 more"));
    CHECK(answer.size() < 4096);
}

TEST_CASE("refused: texts that a crash left half-written are not payload") {
    Sent sent;
    sent.house.put_behind("alice/holiday/.REFUSED.txt.tmp", "half");
    sent.house.put_behind("alice/holiday/.STATUS.txt.tmp", "half");
    sent.house.kill();
    sent.client = sent.house.connect();
    CHECK(contains(put(*sent.client, "/holiday/.REFUSED.txt.tmp", "x"), "a name that burnbox uses itself"));
    CHECK(burn(*sent.client, "holiday") == "ok: holiday is sealed");
    CHECK(sent.house.manifest_paths(sent.house.rows()[0]) == Strings{"photos", "photos/a.jpg"});
}

TEST_CASE("refused: what a disc would not show as it was sent, with its path") {
    Sent sent;
    std::string record;
    sent.house.prove = [&](const std::string& seal_id) -> Result<Proof> {
        record = "seals/" + seal_id + ".jsonl";
        CHECK(sent.house.state_fs.info(record));
        return Proof{{{"photos/a.jpg", "its time differs"}, {"photos\n", "its link target differs"}}};
    };
    sent.refused(
        "a disc would not show it as it was sent: photos/a.jpg: its time differs; photos\\n: its link target "
        "differs; rename or change what is named here");
    CHECK_FALSE(sent.house.state_fs.info(record));
    sent.house.prove = [](const std::string&) { return Proof{}; };
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(sent.house.rows().size() == 1);
}

TEST_CASE("refused: a proof that can't run leaves the marker, which may be sent again") {
    Sent sent;
    sent.house.prove = [](const std::string&) -> Result<Proof> {
        return fail(Errc::unreachable, "start worker: the spawner is gone");
    };
    CHECK(contains(put(*sent.client, "/holiday/BURN", "m"),
                   "the spawner is gone; it is not sealed: try again"));
    CHECK(sent.house.rows().empty());
    CHECK_FALSE(sent.house.exists("alice/holiday/REFUSED.txt"));
    CHECK(sent.house.exists("alice/holiday/BURN"));
    sent.house.prove = [](const std::string&) { return Proof{}; };
    CHECK(put(*sent.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(sent.house.rows().size() == 1);
}
