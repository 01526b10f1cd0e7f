#include "common/events/event_names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace burnbox {
namespace {

std::size_t value(EventKind kind) {
    return static_cast<std::size_t>(kind);
}

}  // namespace

TEST_CASE("event names: each event has one name, and the name finds it") {
    std::set<std::string_view> names;
    std::set<std::size_t> values;
    for (const EventKind kind : event_kinds()) {
        CAPTURE(to_string(kind));
        CHECK(names.insert(to_string(kind)).second);
        CHECK(values.insert(value(kind)).second);
        CHECK(parse_event_kind(to_string(kind)) == kind);
    }
    CHECK(values.size() == value(EventKind::catalogue_error_cleared) + 1);  // the last one: none has no name
    CHECK(to_string(EventKind::session_burned) == "session_burned");
}

TEST_CASE("event names: every signal of the contract has a condition that begins and ends") {
    std::set<std::string_view> signals;
    for (const Condition& condition : conditions()) {
        signals.insert(condition.signal);
        CHECK(std::ranges::count(event_kinds(), condition.begins) == 1);
        CHECK(std::ranges::count(event_kinds(), condition.ends) == 1);
        CHECK(to_string(condition.ends) == std::string(to_string(condition.begins)) + "_cleared");
        CHECK(find_condition(condition.begins) == &condition);
        CHECK(find_condition(condition.ends) == &condition);
        CHECK_FALSE(condition.remedy.empty());
    }
    CHECK(signals == std::set<std::string_view>{"DISC_FULL", "NO_DISC", "WRONG_MEDIUM", "DRIVE_ERROR",
                                                "BURN_FAILED", "STAGING_FULL", "FOLDER_AWAY",
                                                "CATALOGUE_ERROR"});
}

TEST_CASE("event names: sessions' events are no conditions") {
    CHECK(parse_event_kind("session_burned") == EventKind::session_burned);
    CHECK(find_condition(EventKind::session_burned) == nullptr);
    for (const char* none : {"_cleared", "session_burned_cleared", "unknown", ""})
        CHECK_FALSE(parse_event_kind(none).has_value());
}

}  // namespace burnbox
