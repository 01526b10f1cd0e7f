// The disk fails in the middle of other things than a seal: nothing is forgotten, and nothing counts as whole
// that may be lost.
#include <doctest/doctest.h>

#include <cerrno>

#include "server/seal/intake_session.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

void cut_off(UploadHouse& house, const std::string& path) {
    const auto client = house.connect();
    auto file = create(*client, path);
    REQUIRE(write(*file, "half") == "ok");
}

// Another session's seal is the one that hears of the failed write-back.
void fail_write_back(UploadHouse& house) {
    const auto client = house.connect();
    REQUIRE(put(*client, "/other/a", "aaa") == "ok");
    house.plan.fail_next("syncfs");
    REQUIRE(contains(put(*client, "/other/BURN", ""), "syncfs"));
    REQUIRE(house.plan.hit());
}

// Half of what was announced; the rest is reserved ahead.
std::unique_ptr<UploadFile> begin_large(Client& client, const std::string& path) {
    auto file = create(client, path);
    file->expect_size(100U << 20U);
    CHECK(write(*file, "half") == "ok");
    return file;
}

std::string give_back(Lease& lease) {
    const Answer answer;
    lease.give_back(true, answer.done());
    return *answer;
}

}  // namespace

TEST_CASE("disk trouble: when a session's folder can't be looked at, nobody forgets what is cut off in it") {
    UploadHouse house;
    REQUIRE(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    cut_off(house, "/holiday/b");
    const auto client = house.connect();
    for (const int sys_errno : {EMFILE, EIO}) {
        house.plan.fail_looks_at("alice/holiday", sys_errno);
        CHECK_FALSE(client->info("/holiday", true));
        house.plan.fail_nothing();
        CHECK(contains(burn(*client, "holiday"), "cut off in the middle: b"));
    }
    CHECK(house.rows().empty());
}

TEST_CASE(
    "disk trouble: when a session's folder can't be looked at, its open handles keep it from being sealed") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
    auto file = create(*client, "/holiday/b");
    REQUIRE(write(*file, "half") == "ok");
    house.plan.fail_looks_at("alice/holiday", EMFILE);
    (void)client->info("/holiday", true);
    house.plan.fail_nothing();
    CHECK(contains(burn(*house.connect(), "holiday"), "still being written: b"));
    CHECK(write(*file, " and half", 4) == "ok");
    CHECK(close(*client, std::move(file)) == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("disk trouble: when a sealed folder can't be looked at, the old name is still there afterwards") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
    REQUIRE(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    house.plan.fail_looks_at("alice/holiday-queued", EMFILE);
    (void)client->info("/holiday/a", true);
    house.plan.fail_nothing();
    CHECK(client->info("/holiday/a", true));
    CHECK(put(*client, "/holiday/b", "b") == "holiday is sealed");
}

TEST_CASE("disk trouble: a file that was being written when the disk failed counts as cut off") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = create(*client, "/holiday/b");
    REQUIRE(write(*file, "begin") == "ok");
    fail_write_back(house);
    SUBCASE("it was on its way") {
        CHECK(write(*file, "end", 5) == "ok");
        CHECK(contains(close(*client, std::move(file)), "send it anew"));
    }
    SUBCASE("its handle is lost") {
        file.reset();
    }
    CHECK(contains(burn(*client, "holiday"), "cut off in the middle: b"));
    auto resumed = client->open("/holiday/b", {.write = true});
    REQUIRE(resumed);
    CHECK(write(**resumed, "more", 5) == "ok");
    CHECK(contains(close(*client, std::move(*resumed)), "send it anew"));
    CHECK(put(*client, "/holiday/b", "anew") == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("disk trouble: a marker that was being written when the disk failed seals nothing") {
    UploadHouse house;
    const auto client = house.connect();
    auto marker = create(*client, "/holiday/BURN");
    fail_write_back(house);
    REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(contains(close(*client, std::move(marker)), "send it anew"));
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
}

TEST_CASE("disk trouble: what a program brought while the disk failed counts as cut off") {
    UploadHouse house;
    const auto client = house.connect();
    std::unique_ptr<Lease> lease;
    client->lease({.paths = {"/holiday/"}, .writes = true, .makes_folders = true},
                  [&](Result<std::unique_ptr<Lease>> leased) { lease = std::move(leased.value()); });
    house.put_behind("alice/holiday/a", "aaa");
    house.put_behind("alice/holiday/BURN", "");
    fail_write_back(house);
    CHECK(contains(give_back(*lease), "the disk failed"));
    CHECK(house.rows().empty());
    CHECK(contains(burn(*client, "holiday"), "cut off in the middle"));
}

TEST_CASE("disk trouble: what burnbox copied while the disk failed is not sealed") {
    UploadHouse house;
    auto intake = house.uploads->begin_intake("alice", "copied", 3);
    REQUIRE(intake);
    REQUIRE((*intake)->fs().make_folder((*intake)->folder() + "/x", 0755));
    fail_write_back(house);
    upload::SealContent content;
    content.manifest.entries.push_back({.path = "x", .type = FileType::folder});
    const auto sealed = (*intake)->seal(std::move(content), false);
    REQUIRE_FALSE(sealed);
    CHECK(contains(sealed.error().message, "the disk failed"));
    CHECK(house.rows().empty());
}

TEST_CASE("disk trouble: a file that is cut off holds no space beyond its end") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = begin_large(*client, "/holiday/a");
    REQUIRE(house.inbox_fs.reserved_bytes("alice/holiday/a") > 4);
    file.reset();
    CHECK(house.inbox_fs.reserved_bytes("alice/holiday/a") == 0);
    CHECK(house.text("alice/holiday/a") == "half");
}

TEST_CASE("disk trouble: what was reserved is given back at CLOSE, but not under another handle's feet") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = begin_large(*client, "/holiday/a");
    SUBCASE("alone") {
        CHECK(close(*client, std::move(file)) == "ok");
        CHECK(house.inbox_fs.reserved_bytes("alice/holiday/a") == 0);
    }
    SUBCASE("another one writes") {
        auto other = client->open("/holiday/a", {.write = true});
        REQUIRE(other);
        SUBCASE("CLOSE") {
            CHECK(close(*client, std::move(file)) == "ok");
        }
        SUBCASE("lost") {
            file.reset();
        }
        CHECK(house.inbox_fs.reserved_bytes("alice/holiday/a") > 4);
        CHECK(write(**other, " and half", 4) == "ok");
        CHECK(close(*client, std::move(*other)) == "ok");
        CHECK(house.text("alice/holiday/a") == "half and half");
    }
}

TEST_CASE("disk trouble: a seal whose name can't be made durable leaves the session with its records") {
    UploadHouse house;
    auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
    REQUIRE(client->set_attributes("/holiday/a", {.size_bytes = {}, .mode = 0444, .atime = {}, .mtime = {}}));
    house.plan.fail_next("fsync folder alice");
    CHECK(contains(put(*client, "/holiday/BURN", ""), "try again"));
    REQUIRE(house.plan.hit());
    CHECK(house.rows().empty());
    CHECK(client->info("/holiday/a", true).value().mode == 0444);
    client.reset();
    house.kill();
    client = house.connect();
    CHECK(client->info("/holiday/a", true).value().mode == 0444);
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("disk trouble: what nobody has a record of is not sealed before it was copied anew") {
    UploadHouse house;
    const auto client = house.connect();
    house.put_behind("alice/holiday/a", "aaa");
    fail_write_back(house);
    CHECK(contains(burn(*client, "holiday"), "copy them there anew"));
    house.clock.advance(std::chrono::seconds(1));
    house.put_behind("alice/holiday/a", "aaa");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}
