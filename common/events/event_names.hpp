// The events there are: what hooks may ask for and what becomes a signal file.
//
// A condition is an event that lasts: it is published when it begins (and again when what is to be said about
// it changes), and as NAME_cleared when it is over. The same condition may hold for several drives, or
// several sessions, at once: `drive` tells them apart, or else `account` and `session`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

enum class EventKind {
    session_sealed,
    session_queued,
    session_burning,
    session_verifying,
    session_burned,
    session_failed,
    session_withdrawn,
    disc_suspect,
    disc_full,
    disc_full_cleared,
    no_disc,
    no_disc_cleared,
    wrong_medium,
    wrong_medium_cleared,
    drive_error,
    drive_error_cleared,
    burn_failed,
    burn_failed_cleared,
    staging_full,
    staging_full_cleared,
    folder_away,
    folder_away_cleared,
    catalogue_error,
    catalogue_error_cleared,
};

// As hooks and the configuration know it: "session_burned".
[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::optional<EventKind> parse_event_kind(std::string_view name);
// The names of these, or of all that there are, for people: "session_sealed, session_queued, ...".
[[nodiscard]] std::string listed(std::span<const EventKind> kinds);
[[nodiscard]] std::span<const EventKind> event_kinds();

struct Condition {
    EventKind begins;         // disc_full
    EventKind ends;           // disc_full_cleared
    std::string_view signal;  // "DISC_FULL": its file in signals_dir
    std::string_view means;   // for people
    std::string_view remedy;
};

[[nodiscard]] std::span<const Condition> conditions();
// Of disc_full and of disc_full_cleared; nullptr = no condition.
[[nodiscard]] const Condition* find_condition(EventKind kind);

// Whether a condition has this file in signals_dir.
[[nodiscard]] bool is_signal_name(std::string_view name);

}  // namespace burnbox
