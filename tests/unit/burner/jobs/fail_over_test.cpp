// What several drives do for each other when one of them fails.
#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

std::vector<std::string> drives_of(BurnerHouse& house, SessionId id) {
    std::vector<std::string> drives;
    const auto copies = house.catalogue->copies(id);
    if (copies)
        for (const DiscSessionRow& copy : *copies) drives.push_back(copy.drive);
    return drives;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "fail-over: a drive that hangs in a write is left, its disc is suspect, and the other one burns it") {
    BurnerHouse house({"tray", "spare"});
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = [] { return fail(Errc::timeout, "the worker was ended"); };
    house.drives[0]->before_adjudicate = [] { return fail(Errc::timeout, "the worker was ended"); };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 1);
    CHECK(house.burner->run_once(0) == false);  // it rests
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"spare"});
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 0);
}

TEST_CASE(
    "fail-over: the only drive is asked again before its disc is given up, and a good disc is verified") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    bool hangs = true;
    house.drives[0]->during_write = [] { return fail(Errc::timeout, "the worker was ended"); };
    house.drives[0]->before_adjudicate = [&]() -> Status {
        if (hangs) return fail(Errc::timeout, "the worker was ended");
        return {};
    };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(house.row(id).state == SessionState::burning);
    hangs = false;
    house.drives[0]->during_write = nullptr;
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
}

TEST_CASE("fail-over: a disc that was pulled out for long is suspect, and the next one gets the session") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    bool pulled = false;
    house.drives[0]->during_write = [&]() -> Status {
        if (house.drives[0]->loaded != "BURNBOX_0001") return {};
        pulled = true;
        return fail(Errc::io, "medium not present 2/3a/00");
    };
    house.drives[0]->before_adjudicate = [&]() -> Status {
        if (pulled) return fail(Errc::no_medium, "insert BURNBOX_0001");
        return {};
    };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    for (int i = 0; i < 5; ++i) house.clock.advance(std::chrono::minutes(6)), house.run();
    CHECK(house.row(id).state == SessionState::burning);  // somebody may bring it back
    house.run_patiently(12);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.catalogue->copies(id)->front().disc_label == "BURNBOX_0002");
}

TEST_CASE("fail-over: a drive that is gone keeps no session from the other one") {
    BurnerHouse house({"tray", "spare"});
    house.drives[0]->before_load = [] { return fail(Errc::unreachable, "open /dev/sr0: no such device"); };
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b"}) ids.push_back(house.queue(name, {{"x", "1"}}));
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(house.text("alice/a-queued/STATUS.txt").find("no such device") != std::string::npos);
    house.run();
    for (const SessionId id : ids) CHECK(drives_of(house, id) == Names{"spare"});
}

TEST_CASE("fail-over: with one drive that is gone sessions wait with the reason, and go on when it is back") {
    BurnerHouse house;
    house.drives[0]->before_load = [] { return fail(Errc::unreachable, "open /dev/sr0: no such device"); };
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run_patiently(20);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason.find("no such device") != std::string::npos);
    house.drives[0]->before_load = nullptr;
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("fail-over: with three drives two copies survive the loss of one") {
    BurnerHouse house({"tray", "spare", "third"}, 2);
    house.drives[1]->during_write = [] { return fail(Errc::io, "write error"); };
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"tray", "third"});
    const std::string json = house.text("alice/holiday-burned/receipt.json");
    CHECK(json.find("\"drive\": \"tray\"") != std::string::npos);
    CHECK(json.find("\"drive\": \"third\"") != std::string::npos);
}

TEST_CASE("fail-over: a write that fails twice on a disc is tried on the next one") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.drives[0]->during_write = [&]() -> Status {
        if (house.drives[0]->loaded == "BURNBOX_0001") return fail(Errc::io, "write error 3/0c/00");
        return {};
    };
    house.run_patiently(4);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.catalogue->copies(id)->front().disc_label == "BURNBOX_0002");
    CHECK(house.catalogue->attempts(id)->size() == 3);
}

TEST_CASE("fail-over: the second copy waits for its drive, and nothing counts as burned until then") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.shelves["spare"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK_FALSE(house.exists("alice/holiday-burned"));
    CHECK(house.text("alice/holiday-queued/STATUS.txt").find("no blank disc is left") != std::string::npos);
    house.shelves["spare"].blanks = 1;
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"tray", "spare"});
}

TEST_CASE("fail-over: two drives burn two sessions at the same time") {
    BurnerHouse house({"tray", "spare"});
    std::mutex mutex;
    std::condition_variable changed;
    int writing = 0, burned = 0;
    // Each waits for the other in the middle of its write.
    const auto meet = [&]() -> Status {
        std::unique_lock lock(mutex);
        ++writing;
        changed.notify_all();
        if (!changed.wait_for(lock, std::chrono::seconds(30), [&] { return writing >= 2; }))
            return fail(Errc::io, "the other drive did not burn meanwhile");
        return {};
    };
    for (FakeDrive* drive : house.drives) drive->during_write = meet;
    const auto subscription = house.events->subscribe([&](const Event& event) {
        const std::lock_guard lock(mutex);
        if (event.kind == EventKind::session_burned) ++burned;
        changed.notify_all();
    });
    const SessionId first = house.queue("a", {{"x", "1"}});
    const SessionId second = house.queue("b", {{"x", "2"}});
    house.burner->start();
    {
        std::unique_lock lock(mutex);
        CHECK(changed.wait_for(lock, std::chrono::seconds(60), [&] { return burned == 2; }));
    }
    house.burner->stop();
    CHECK(drives_of(house, first).size() + drives_of(house, second).size() == 2);
    CHECK(drives_of(house, first) != drives_of(house, second));
    CHECK(writing == 2);
}

}  // namespace burnbox::test
