#include <doctest/doctest.h>

#include <algorithm>

#include "common/session/parity.hpp"
#include "tests/support/burner_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::map<std::string, std::string> kFiles = {{"a.txt", "aaa"}, {"sub/b.txt", "bbb"}};

bool has_recovery(const BurnerHouse& house, const std::string& label) {
    const auto& entries = house.shelves.at("tray").discs.at(label).sessions.back().entries;
    return std::ranges::any_of(entries, [](const auto& entry) {
        return entry.first.starts_with("alice/holiday/par2/set-0001") &&
               entry.second.content.find("data/a.txt") != std::string::npos &&
               entry.second.content.find("manifest-sha256.txt") != std::string::npos;
    });
}

}  // namespace

TEST_CASE("recovery data: it is made before the burn and goes to the disc, and nothing of it stays") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(has_recovery(house, "BURNBOX_0001"));
    CHECK_FALSE(house.state_fs.info(parity_folder("seal-1")));
    CHECK(house.state_fs.info(parity_record_path("seal-1")));
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"redundancy\": 10") != std::string::npos);
    CHECK(house.text("alice/holiday-burned/RECEIPT.txt").find("par2 repair") != std::string::npos);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("set-0001") == std::string::npos);
}

TEST_CASE("recovery data: a drive leaves a session alone until it is there") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    CHECK_FALSE(*house.burner->run_once(0));
    CHECK(*house.burner->prepare_once());
    CHECK(*house.burner->run_once(0));
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("recovery data: what a crash cut is begun anew, what was recorded is not made twice") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    SUBCASE("cut") {
        house.parity.before_writing = [&] { return fail(Errc::cancelled, "the power is gone"); };
        CHECK(*house.burner->prepare_once());
        house.parity.before_writing = nullptr;
        house.crash();
        house.run();
        CHECK(house.parity.runs == 2);
    }
    SUBCASE("recorded") {
        CHECK(*house.burner->prepare_once());
        house.crash();
        house.run();
        CHECK(house.parity.runs == 1);
    }
    SUBCASE("recorded, then damaged") {
        CHECK(*house.burner->prepare_once());
        house.state_fs.corrupt(parity_folder("seal-1") + "/set-0001.par2", 0);
        house.crash();
        house.run();
        CHECK(house.parity.runs == 2);
    }
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(has_recovery(house, "BURNBOX_0001"));
}

TEST_CASE("recovery data: a session that is cancelled meanwhile is let go") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.parity.before_writing = [&]() -> Status {
        CHECK(house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, ""));
        return fail(Errc::cancelled, "not wanted any more");
    };
    house.run_patiently(3);
    CHECK(house.parity.runs == 1);
    CHECK(house.row(id).state == SessionState::withdrawn);
    CHECK_FALSE(house.state_fs.info(parity_folder("seal-1")));
}

TEST_CASE("recovery data: without the program the session waits and says what is missing") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.parity.before_writing = [] { return fail(Errc::unsupported, "par2 is not installed"); };
    house.run_patiently(5);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason == "par2 is not installed");
    CHECK(house.text("alice/holiday-queued/STATUS.txt").find("par2 is not installed") != std::string::npos);
    house.parity.before_writing = nullptr;
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("recovery data: a program that fails three times needs a person") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.parity.before_writing = [] { return fail(Errc::io, "par2 ended with exit code 6"); };
    house.run_patiently(5);
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.parity.runs == 3);
    CHECK(house.text("alice/holiday-failed/FAILED.txt").find("exit code 6") != std::string::npos);
}

TEST_CASE("recovery data: no room in state_dir is said with both sizes, and it goes on when there is some") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.state_fs.limit_bytes(1U << 20U);
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason.find("make room there") != std::string::npos);
    CHECK(house.parity.runs == 0);
    house.state_fs.limit_bytes(1U << 30U);
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("recovery data: a session with a copy on a disc keeps what it has") {
    BurnerHouse house({"one", "two"}, 2);
    const SessionId id = house.queue("holiday", kFiles);
    SUBCASE("none") {
        CHECK(*house.burner->run_once(0));
        REQUIRE(house.row(id).state == SessionState::queued);
        house.config.burn.redundancy = 10;
    }
    SUBCASE("some") {
        house.config.burn.redundancy = 10;
        house.hold();
        CHECK(*house.burner->prepare_once());
        CHECK(*house.burner->run_once(0));
        REQUIRE(house.row(id).state == SessionState::queued);
        house.config.burn.redundancy = 0;
    }
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
    const auto count = [&](const std::string& drive) {
        return house.shelves.at(drive).discs.begin()->second.sessions.back().entries.size();
    };
    CHECK(count("one") == count("two"));
}

TEST_CASE("recovery data: what nobody needs goes at the start") {
    BurnerHouse house;
    CHECK(make_folders(house.state_fs, "recovery/old/tree", 0700));
    CHECK_FALSE(*house.burner->prepare_once());
    CHECK_FALSE(house.state_fs.info("recovery/old"));
}

TEST_CASE("recovery data: the check at the marker counts it") {
    BurnerHouse house;
    Manifest manifest;
    manifest.entries.push_back({.path = "film", .size_bytes = 4'500'000'000});
    CHECK(house.burner->check_fits("default", manifest));
    house.config.burn.redundancy = 10;
    house.hold();
    CHECK(house.burner->check_fits("default", manifest).error().code == Errc::does_not_fit);
}
