// The events there are, by name: what hooks may ask for and what becomes a signal file.
//
// A condition is an event that lasts: it is published under its name when it begins (and again when what is
// to be said about it changes), and as NAME_cleared when it is over. The same condition may hold for several
// drives, or several sessions, at once: `drive` tells them apart, or else `account` and `session`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

struct Condition {
    std::string_view event;   // "disc_full"
    std::string_view signal;  // "DISC_FULL": its file in signals_dir
    std::string_view means;   // for people
    std::string_view remedy;
};

inline constexpr std::string_view kCleared = "_cleared";

[[nodiscard]] std::span<const Condition> conditions();
// Of "disc_full" and of "disc_full_cleared"; nullptr = no condition.
[[nodiscard]] const Condition* find_condition(std::string_view event);

// Whether a condition has this file in signals_dir.
[[nodiscard]] bool is_signal_name(std::string_view name);

// All that can be published: those of sessions, conditions and their ends.
[[nodiscard]] const std::vector<std::string>& event_names();

}  // namespace burnbox
