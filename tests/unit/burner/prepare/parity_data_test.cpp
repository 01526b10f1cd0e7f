#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "common/session/parity.hpp"
#include "tests/support/burner/burner_house.hpp"

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

TEST_CASE(
    "recovery data: while the program fails the session waits, and the program rests between its tries") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    std::string said;
    SUBCASE("it ends with an error") {
        house.parity.before_writing = [] { return fail(Errc::io, "par2 ended with exit code 6"); };
        said = "exit code 6";
    }
    SUBCASE("it makes nothing, and says that all is well") {
        house.parity.makes_nothing = true;
        said = "did not make it";
    }
    for (int second = 0; second < 60; ++second) {
        house.clock.advance(std::chrono::seconds(1));
        (void)house.burner->prepare_once();
    }
    CHECK(house.parity.runs >= 4);
    CHECK(house.parity.runs <= 8);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason.find(said) != std::string::npos);
    CHECK(house.text("alice/holiday-queued/STATUS.txt").find(said) != std::string::npos);
    house.parity.before_writing = nullptr;
    house.parity.makes_nothing = false;
    house.run_patiently(20);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(has_recovery(house, "BURNBOX_0001"));
}

TEST_CASE("recovery data: a program that fails for want of a file of the session's needs a person") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.parity.before_writing = [&]() -> Status {
        (void)house.inbox_fs.remove("alice/holiday-queued/sub/b.txt");
        return fail(Errc::io, "par2 ended with exit code 6");
    };
    house.run_patiently(5);
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.row(id).reason.find("sub/b.txt is missing") != std::string::npos);
}

TEST_CASE("recovery data: sessions behind one that is made say so, and no longer when it is theirs") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId first = house.queue("first", kFiles);
    const SessionId second = house.queue("second", kFiles);
    const SessionId third = house.queue("third", kFiles);
    bool looked = false;
    house.parity.before_writing = [&]() -> Status {
        if (std::exchange(looked, true)) return {};
        for (const SessionId id : {second, third})
            CHECK(house.row(id).reason.find("after that of sessions before it") != std::string::npos);
        CHECK(house.text("alice/third-queued/STATUS.txt").find("after that of") != std::string::npos);
        return {};
    };
    CHECK(*house.burner->prepare_once());
    CHECK(*house.burner->prepare_once());
    CHECK(house.row(second).reason.empty());
    CHECK(house.row(third).reason.find("after that of") != std::string::npos);
    house.run();
    for (const SessionId id : {first, second, third}) CHECK(house.row(id).state == SessionState::burned);
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

namespace {

// The newest disc session on the disc has the files in this layout, and recovery data of them there.
void check_layout(BurnerHouse& house, const std::string& drive, const std::string& label, Layout layout) {
    CAPTURE(label);
    const auto& entries = house.shelves.at(drive).discs.at(label).sessions.back().entries;
    const bool bag = layout == Layout::bag;
    CHECK(entries.contains(bag ? "alice/holiday/data/a.txt" : "alice/holiday/a.txt"));
    const auto set =
        entries.find(bag ? "alice/holiday/par2/set-0001.par2" : "RECOVERY/alice/holiday/set-0001.par2");
    REQUIRE(set != entries.end());
    CHECK((set->second.content.find("data/a.txt") != std::string::npos) == bag);
    CHECK((set->second.content.find("holiday/a.txt") != std::string::npos) == !bag);
}

}  // namespace

TEST_CASE("recovery data: what was made for another layout is made anew") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    SUBCASE("plain") {
        house.config.burn.layout = Layout::bag;
    }
    SUBCASE("bag") {
        house.config.burn.layout = Layout::plain;
    }
    house.hold();
    CHECK(*house.burner->prepare_once());
    const Layout now = house.config.burn.layout == Layout::bag ? Layout::plain : Layout::bag;
    house.config.burn.layout = now;
    house.restart();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.parity.runs == 2);
    check_layout(house, "tray", "BURNBOX_0001", now);
}

TEST_CASE(
    "recovery data: without a percentage what can't be used any more is let go, and nothing waits for it") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("holiday", kFiles);
    house.hold();
    REQUIRE(*house.burner->prepare_once());
    house.config.burn.redundancy = 0;
    SUBCASE("it is for another layout") {
        house.config.burn.layout = Layout::plain;
    }
    SUBCASE("its files are gone") {
        REQUIRE(remove_parity_files(house.state_fs, "seal-1"));
    }
    SUBCASE("its record is damaged") {
        house.state_fs.corrupt(parity_record_path("seal-1"), 0);
    }
    REQUIRE(house.state_fs.sync_all());
    house.restart();
    CHECK(*house.burner->prepare_once());
    CHECK_FALSE(house.state_fs.info(parity_folder("seal-1")));
    house.crash();
    CHECK_FALSE(house.state_fs.info(parity_record_path("seal-1")));
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.parity.runs == 1);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"redundancy\": 10") == std::string::npos);
}

TEST_CASE("copies: all are in the layout of the first, whatever the configuration says by then") {
    BurnerHouse house({"tray", "spare"}, 2);
    SUBCASE("with recovery data") {
        house.config.burn.redundancy = 10;
    }
    SUBCASE("without") {}
    house.shelves["spare"].blanks = 0;
    const SessionId id = house.queue("holiday", kFiles);
    house.run();
    REQUIRE(house.catalogue->copies(id)->size() == 1);
    house.config.burn.layout = Layout::plain;
    house.shelves["spare"].blanks = 9;
    const SessionId other = house.queue("other", kFiles);
    house.config.burn.batch.sessions = 2;
    house.restart();
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(other).state == SessionState::burned);
    CHECK(house.parity.runs == (house.config.burn.redundancy == 0 ? 0 : 2));
    const std::string label = house.catalogue->copies(id)->at(1).disc_label;
    const auto& sessions = house.shelves["spare"].discs.at(label).sessions;
    const auto second = std::ranges::find_if(sessions, [](const FakeDiscSession& one) {
        return std::ranges::count(one.sessions, "alice/holiday") == 1;
    });
    REQUIRE(second != sessions.end());
    CHECK(second->entries.contains("alice/holiday/data/a.txt"));
    CHECK(second->entries.contains("alice/holiday/par2/set-0001.par2") ==
          (house.config.burn.redundancy != 0));
    const auto of_other = std::ranges::find_if(sessions, [](const FakeDiscSession& one) {
        return std::ranges::count(one.sessions, "alice/other") == 1;
    });
    REQUIRE(of_other != sessions.end());
    CHECK(of_other->entries.contains("alice/other/a.txt"));
}

TEST_CASE(
    "recovery data: what a copy on a disc has is made again as it was, whatever the percentage by then") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.config.burn.redundancy = 10;
    house.shelves["spare"].blanks = 0;
    const SessionId id = house.queue("holiday", kFiles);
    house.run();
    REQUIRE(house.catalogue->copies(id)->size() == 1);
    house.state_fs.corrupt(parity_folder("seal-1") + "/set-0001.par2", 0);
    house.config.burn.redundancy = 50;
    house.shelves["spare"].blanks = 1;
    house.restart();
    house.run_patiently(2);
    CHECK(house.parity.runs == 2);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"redundancy\": 10") != std::string::npos);
}
