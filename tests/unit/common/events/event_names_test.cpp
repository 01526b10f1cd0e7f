#include "common/events/event_names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace burnbox {
namespace {

bool is_event(std::string_view name) {
    return std::ranges::count(event_names(), name) == 1;
}

}  // namespace

TEST_CASE("event names: every signal of the contract has a condition that begins and ends") {
    std::set<std::string_view> signals;
    for (const Condition& condition : conditions()) {
        signals.insert(condition.signal);
        CHECK(is_event(condition.event));
        CHECK(is_event(std::string(condition.event) + "_cleared"));
        CHECK(find_condition(condition.event) == &condition);
        CHECK(find_condition(std::string(condition.event) + "_cleared") == &condition);
        CHECK_FALSE(condition.remedy.empty());
    }
    CHECK(signals == std::set<std::string_view>{"DISC_FULL", "NO_DISC", "WRONG_MEDIUM", "DRIVE_ERROR",
                                                "BURN_FAILED", "STAGING_FULL", "FOLDER_AWAY",
                                                "CATALOGUE_ERROR"});
}

TEST_CASE("event names: sessions' events are no conditions") {
    CHECK(is_event("session_burned"));
    CHECK(find_condition("session_burned") == nullptr);
    CHECK(find_condition("_cleared") == nullptr);
    CHECK_FALSE(is_event("session_burned_cleared"));
}

}  // namespace burnbox
