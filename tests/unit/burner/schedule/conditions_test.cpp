// Conditions that last: told when they begin, and told when they are over.
#include "burner/schedule/conditions.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

// Conditions alone, in order.
std::vector<std::string> conditions_told(const BurnerHouse& house) {
    std::vector<std::string> names = house.event_names();
    std::erase_if(names, [](const std::string& name) { return name.starts_with("session_"); });
    return names;
}

const Event* find_told(const BurnerHouse& house, EventKind kind) {
    const auto found = std::ranges::find(house.told, kind, &Event::kind);
    return found == house.told.end() ? nullptr : &*found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("conditions: what lasts is told once, again when it changes, and once when it is over") {
    TestClock clock;
    Events events;
    std::vector<Event> told;
    const auto subscription = events.subscribe([&](const Event& event) { told.push_back(event); });
    Conditions conditions(events, clock);
    Event event;
    event.kind = EventKind::no_disc, event.drive = "tray", event.session = "a", event.message = "empty";
    CHECK(conditions.raise(event));
    event.session = "b";  // one more that waits for the same drive
    CHECK_FALSE(conditions.raise(event));
    event.message = "still empty";
    CHECK(conditions.raise(event));
    conditions.clear(EventKind::no_disc, "spare");
    conditions.clear(EventKind::wrong_medium, "tray");
    CHECK(told.size() == 2);
    conditions.clear(EventKind::no_disc, "tray");
    conditions.clear(EventKind::no_disc, "tray");
    REQUIRE(told.size() == 3);
    CHECK(told[2].kind == EventKind::no_disc_cleared);
    CHECK(told[2].drive == "tray");
}

TEST_CASE("conditions: a drive in error is told, and over when it has burned again") {
    BurnerHouse house;
    house.queue("holiday", {{"a", "1"}});
    bool fails = true;
    house.drives[0]->during_write = [&]() -> Status {
        if (std::exchange(fails, false)) return fail(Errc::io, "write error 3/0c/00");
        return {};
    };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(conditions_told(house) == Names{"drive_error"});
    CHECK(find_told(house, EventKind::drive_error)->drive == "tray");
    CHECK(find_told(house, EventKind::drive_error)->message.find("3/0c/00") != std::string::npos);
    house.run_patiently(2);
    CHECK(conditions_told(house) == Names{"drive_error", "drive_error_cleared"});
}

TEST_CASE("conditions: a missing disc is told, and over when one is there") {
    BurnerHouse house;
    house.shelves["tray"].blanks = 0;
    house.queue("first", {{"a", "1"}});
    house.queue("second", {{"a", std::string(100'000, 'x')}});
    house.run_patiently(3);
    CHECK(conditions_told(house) == Names{"no_disc"});
    CHECK(find_told(house, EventKind::no_disc)->drive == "tray");
    house.shelves["tray"].blanks = 1;
    house.run_patiently(2);
    CHECK(conditions_told(house) == Names{"no_disc", "no_disc_cleared"});
}

TEST_CASE("conditions: a missing disc is over too when nobody waits for it any more") {
    BurnerHouse house;
    house.shelves["tray"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    REQUIRE(house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, "").has_value());
    house.run();
    CHECK(conditions_told(house) == Names{"no_disc", "no_disc_cleared"});
}

TEST_CASE("conditions: a full disc is told until the next one is in the drive") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.shelves["tray"].blanks = 1;
    house.queue("first", {{"a", "1"}});
    house.run();
    CHECK(conditions_told(house) == Names{"disc_full"});
    CHECK(find_told(house, EventKind::disc_full)->disc == "BURNBOX_0001");
    house.shelves["tray"].blanks = 1;
    house.queue("second", {{"a", "1"}});
    house.run();
    CHECK(conditions_told(house) == Names{"disc_full", "disc_full_cleared", "disc_full"});
}

TEST_CASE("conditions: a full disc is nobody's business while the next blank goes in by itself") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.queue("first", {{"a", "1"}});
    house.queue("second", {{"a", "1"}});
    house.run();
    CHECK(house.disc("BURNBOX_0002").sessions_left == 0);
    CHECK(conditions_told(house).empty());
}

TEST_CASE("conditions: each failed session is told until somebody takes care of it") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"a", "1"}});
    const SessionId second = house.queue("second", {{"a", "1"}});
    for (const SessionId id : {first, second})
        REQUIRE(house.catalogue->step(id, SessionState::queued, SessionState::failed, "broken").has_value());
    house.run();
    CHECK(conditions_told(house) == Names{"burn_failed", "burn_failed"});
    CHECK(find_told(house, EventKind::burn_failed)->session == "first");
    CHECK(find_told(house, EventKind::burn_failed)->message == "broken");
    REQUIRE(house.catalogue->step(first, SessionState::failed, SessionState::queued, "").has_value());
    house.run();
    CHECK(conditions_told(house) == Names{"burn_failed", "burn_failed", "burn_failed_cleared"});
    CHECK(find_told(house, EventKind::burn_failed_cleared)->session == "first");
    REQUIRE(house.catalogue->step(second, SessionState::failed, SessionState::withdrawn, "").has_value());
    house.run();
    CHECK(conditions_told(house).back() == "burn_failed_cleared");
    house.restart();
    house.told.clear();
    house.run();
    CHECK(conditions_told(house).empty());
}

TEST_CASE("conditions: no drive is blamed for a catalogue that takes no writes") {
    BurnerHouse house;
    house.queue("holiday", {{"a", "1"}});
    house.catalogue_faults.fail_at(1, ENOSPC, FaultPlan::Mode::once);
    CHECK_FALSE(house.burner->run_once(0).has_value());
    house.run_patiently(3);
    CHECK(conditions_told(house).empty());
    CHECK(house.exists("alice/holiday-burned/RECEIPT.txt"));
}

}  // namespace burnbox::test
