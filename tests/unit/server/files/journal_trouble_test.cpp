// A journal that can't be written: what it was to forbid stays forbidden after a restart.
#include <doctest/doctest.h>

#include <cerrno>

#include "server/files/session_files.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr const char* kJournal = "journal/alice/holiday.jsonl";

// The disk of state_dir is full; that of the inbox is another one.
void fill_state_dir(UploadHouse& house) {
    house.plan.fail_next(std::string("write ") + kJournal + " at 0", 1000);
}

std::string open_and_write(Client& client, std::string_view content, std::uint64_t offset) {
    auto file = client.open("/holiday/a", {.write = true});
    REQUIRE(file);
    REQUIRE(write(**file, content, offset) == "ok");
    return close(client, std::move(*file));
}

void send_with_a_gap(Client& client) {
    auto file = create(client, "/holiday/a");
    REQUIRE(write(*file, "0123456789", 0) == "ok");
    (void)write(*file, "0123456789", 20);
}

std::uint32_t mode_of(UploadHouse& house) {
    return house.state_fs.info(kJournal).value().mode;
}

// SessionFiles alone, whose journal's disk fails altogether.
struct Broken {
    FaultPlan plan;
    MemoryFileSystem fs;
    FaultyFileSystem faulty{fs, plan};
    std::unique_ptr<upload::SessionFiles> files;

    Broken() {
        REQUIRE(make_folders(fs, "journal/alice", 0700));
        files = std::make_unique<upload::SessionFiles>(faulty, "alice", "holiday");
        REQUIRE(files->begin_journal());
        files->opened("a", {.id = 1, .made = true, .anew = true});
        plan.fail_at(1, EIO, FaultPlan::Mode::from_then_on);
    }
};

}  // namespace

TEST_CASE("journal trouble: a gap that could not be noted is not gone on behind after a restart") {
    UploadHouse house;
    {
        const auto client = house.connect();
        REQUIRE(put(*client, "/holiday/first", "1") == "ok");
        fill_state_dir(house);
        send_with_a_gap(*client);
    }
    house.start();
    house.plan.fail_nothing();
    const auto client = house.connect();
    (void)open_and_write(*client, "0123456789", 30);
    CHECK(contains(burn(*client, "holiday"), "a"));
    CHECK(house.rows().empty());
    CHECK(put(*client, "/holiday/first", "1") == "ok");
    CHECK(put(*client, "/holiday/a", "anew") == "ok");
    CHECK(contains(burn(*client, "holiday"), "SHA256SUMS"));  // who knows what else was refused
}

TEST_CASE("journal trouble: what was refused and could not be noted still keeps the session open") {
    UploadHouse house;
    {
        const auto client = house.connect();
        REQUIRE(put(*client, "/holiday/first", "1") == "ok");
        fill_state_dir(house);
        client->note_refused("/holiday/gone", Error{Errc::limit, 0, "limits.handles"});
        CHECK(mode_of(house) == 0700);
    }
    house.start();
    house.plan.fail_nothing();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/first", "1") == "ok");
    CHECK(contains(burn(*client, "holiday"), "more was refused"));
    CHECK(
        contains(put(*client, "/holiday/SHA256SUMS", std::string(64, '0') + "  first\n"), "does not match"));
    CHECK(put(*client, "/holiday/SHA256SUMS",
              "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  first\n") ==
          "ok: holiday is sealed");
}

TEST_CASE("journal trouble: lines that wait are written once there is room, and all is known again") {
    UploadHouse house;
    auto client = house.connect();
    REQUIRE(put(*client, "/holiday/first", "1") == "ok");
    fill_state_dir(house);
    client->note_refused("/holiday/gone", Error{Errc::limit, 0, "limits.handles"});
    REQUIRE(put(*client, "/holiday/second", "2") == "ok");
    CHECK(mode_of(house) == 0700);
    house.plan.fail_nothing();
    SUBCASE("with the next line") {
        REQUIRE(put(*client, "/holiday/third", "3") == "ok");
    }
    SUBCASE("with the end of the connection") {
        client.reset();
    }
    CHECK(mode_of(house) == 0600);
    client.reset();
    house.start();
    client = house.connect();
    CHECK(contains(burn(*client, "holiday"), "missing: gone;"));
    CHECK(put(*client, "/holiday/gone", "x") == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("journal trouble: a line that was written in part does not swallow the next one") {
    MemoryFileSystem fs;
    FaultPlan plan;
    FaultyFileSystem faulty(fs, plan);
    REQUIRE(make_folders(fs, "journal/alice", 0700));
    upload::Journal journal(faulty, "alice", "holiday");
    journal.opened("a");
    plan.fail_next(std::string("write ") + kJournal + " at 0");
    journal.opened("b");
    {
        const auto file = fs.open(kJournal, {.write = true, .append = true});
        REQUIRE((*file)->write_at(std::as_bytes(std::span(std::string_view("{\"ope"))), 0));
    }
    journal.missed("c");
    upload::Journal later(fs, "alice", "holiday");
    const auto content = later.load();
    REQUIRE(content);
    CHECK(content->files.contains("b"));
    CHECK(content->missed.contains("c"));
    CHECK(!content->behind);
}

TEST_CASE("journal trouble: where not even that can be noted, what leaves a gap is refused") {
    Broken broken;
    upload::FileRecord& record = *broken.files->find("a");
    CHECK(broken.files->written("a", record, 1, {.begin = 0, .end = 10}, 0));
    CHECK_FALSE(broken.files->written("a", record, 1, {.begin = 20, .end = 30}, 10));
    CHECK(record.gapless_bytes() == 10);
    CHECK_FALSE(broken.files->transfer_began());
    CHECK(!broken.files->is_transfer_open());
}

TEST_CASE("journal trouble: no session is begun that has no journal") {
    UploadHouse house;
    const auto client = house.connect();
    house.plan.fail_next(std::string("create ") + kJournal);
    SUBCASE("by a file") {
        CHECK(put(*client, "/holiday/a", "x") != "ok");
        CHECK(put(*client, "/holiday/b", "x") == "ok");
        CHECK(contains(burn(*client, "holiday"), "missing: a;"));
        return;
    }
    SUBCASE("by a folder") {
        CHECK(shown(client->make_folder("/holiday", 0755)) != "ok");
    }
    CHECK(!house.exists("alice/holiday"));
}

TEST_CASE("journal trouble: what was refused, and what a program was to bring, is known after a power cut") {
    UploadHouse house;
    {
        const auto client = house.connect();
        REQUIRE(put(*client, "/holiday/first", "1") == "ok");
        REQUIRE(house.inbox_fs.sync_all());
        SUBCASE("refused") {
            client->note_refused("/holiday/gone", Error{Errc::limit, 0, "limits.handles"});
        }
        SUBCASE("to be brought") {
            client->lease({.paths = {"/holiday/"}, .writes = true, .makes_folders = true},
                          [](Result<std::unique_ptr<Lease>> lease) { REQUIRE(lease); });
        }
    }
    house.power_cut();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/first", "1") == "ok");
    CHECK(burn(*client, "holiday") != "ok: holiday is sealed");
}

TEST_CASE("journal trouble: what an earlier session of the name left says nothing of a new one") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", "x") == "ok");
    client->note_refused("/holiday/gone", Error{Errc::limit, 0, "limits.handles"});
    REQUIRE(remove_tree(house.inbox_fs, "alice/holiday"));  // an administrator
    CHECK(put(*client, "/holiday/b", "x") == "ok");
    house.start();
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}
