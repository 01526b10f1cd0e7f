// Somebody on the server moves the folder of an open session: what is known of it goes with it.
#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr const char* kCut = "cut off in the middle: half";

struct Sending {
    UploadHouse house;
    std::unique_ptr<Client> client = house.connect();

    Sending() {
        REQUIRE(put(*client, "/holiday/whole", "1") == "ok");
        const auto other = house.connect();
        auto file = create(*other, "/holiday/half");
        REQUIRE(write(*file, "half") == "ok");
    }
    void move(const std::string& from, const std::string& to) {
        REQUIRE(house.inbox_fs.rename(from, to, RenameMode::no_replace));
    }
    std::string burn_says(const std::string& session) { return burn(*client, session); }
};

}  // namespace

TEST_CASE("moved folder: one that is moved away and back is known again") {
    Sending sending;
    sending.move("alice/holiday", "elsewhere");
    CHECK_FALSE(sending.client->info("/holiday", true));
    sending.move("elsewhere", "alice/holiday");
    CHECK(contains(sending.burn_says("holiday"), kCut));
    CHECK(put(*sending.client, "/holiday/half", "whole now") == "ok");
    CHECK(sending.burn_says("holiday") == "ok: holiday is sealed");
}

TEST_CASE("moved folder: one that has another name is known by that, after a restart too") {
    Sending sending;
    sending.move("alice/holiday", "alice/trip");
    SUBCASE("nobody asked for the old name") {}
    SUBCASE("somebody did") {
        CHECK_FALSE(sending.client->info("/holiday", true));
    }
    SUBCASE("another session has it by now") {
        CHECK(put(*sending.client, "/holiday/x", "x") == "ok");
        CHECK(sending.burn_says("holiday") == "ok: holiday is sealed");
    }
    CHECK(contains(sending.burn_says("trip"), kCut));
    sending.client.reset();
    sending.house.kill();
    sending.client = sending.house.connect();
    CHECK(contains(sending.burn_says("trip"), "cut off in the middle"));
}

TEST_CASE("moved folder: handles that are open keep it from being sealed, and count when they are closed") {
    Sending sending;
    REQUIRE(put(*sending.client, "/holiday/half", "whole now") == "ok");
    auto file = create(*sending.client, "/holiday/late");
    REQUIRE(write(*file, "be") == "ok");
    sending.move("alice/holiday", "elsewhere");
    CHECK_FALSE(sending.client->info("/holiday", true));
    CHECK(write(*file, "gin", 2) == "ok");
    sending.move("elsewhere", "alice/holiday");
    CHECK(contains(sending.burn_says("holiday"), "still being written: late"));
    CHECK(close(*sending.client, std::move(file)) == "ok");
    CHECK(sending.burn_says("holiday") == "ok: holiday is sealed");
    CHECK(sending.house.text("alice/holiday-queued/late") == "begin");
}

TEST_CASE("moved folder: one that was away when burnbox started is not sealed before it was read") {
    Sending sending;
    sending.client.reset();
    sending.move("alice/holiday", "elsewhere");
    sending.house.kill();
    sending.move("elsewhere", "alice/holiday");
    sending.client = sending.house.connect();
    CHECK(contains(sending.burn_says("holiday"), "restart burnbox"));
    sending.client.reset();
    sending.house.kill();
    sending.client = sending.house.connect();
    CHECK(contains(sending.burn_says("holiday"), kCut));
}

TEST_CASE("moved folder: its bytes count while it is there") {
    Sending sending;
    sending.house.alice().quota_bytes = 1000;
    sending.client = sending.house.connect();
    const auto before = free_bytes(*sending.client);
    sending.move("alice/holiday", "elsewhere");
    CHECK_FALSE(sending.client->info("/holiday", true));
    CHECK(free_bytes(*sending.client) == 1000);
    sending.move("elsewhere", "alice/holiday");
    CHECK(sending.client->info("/holiday", true));
    CHECK(free_bytes(*sending.client) == before);
}

TEST_CASE("moved folder: where nothing was known nothing is missing") {
    UploadHouse house;
    const auto client = house.connect();
    house.put_behind("alice/holiday/a", "x");
    CHECK(client->info("/holiday", true));
    REQUIRE(remove_tree(house.inbox_fs, "alice/holiday"));
    CHECK_FALSE(client->info("/holiday", true));
    house.put_behind("alice/holiday/a", "y");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}
