#include "common/events/event_names.hpp"

#include <algorithm>
#include <array>

namespace burnbox {
namespace {

using enum EventKind;

struct EventName {
    EventKind kind;
    std::string_view name;
};
constexpr EventName kNames[] = {
    {session_sealed, "session_sealed"},
    {session_queued, "session_queued"},
    {session_burning, "session_burning"},
    {session_verifying, "session_verifying"},
    {session_burned, "session_burned"},
    {session_failed, "session_failed"},
    {session_withdrawn, "session_withdrawn"},
    {disc_suspect, "disc_suspect"},
    {disc_full, "disc_full"},
    {disc_full_cleared, "disc_full_cleared"},
    {no_disc, "no_disc"},
    {no_disc_cleared, "no_disc_cleared"},
    {wrong_medium, "wrong_medium"},
    {wrong_medium_cleared, "wrong_medium_cleared"},
    {drive_error, "drive_error"},
    {drive_error_cleared, "drive_error_cleared"},
    {burn_failed, "burn_failed"},
    {burn_failed_cleared, "burn_failed_cleared"},
    {staging_full, "staging_full"},
    {staging_full_cleared, "staging_full_cleared"},
    {folder_away, "folder_away"},
    {folder_away_cleared, "folder_away_cleared"},
    {catalogue_error, "catalogue_error"},
    {catalogue_error_cleared, "catalogue_error_cleared"},
};

constexpr Condition kConditions[] = {
    {disc_full, disc_full_cleared, "DISC_FULL", "The disc takes no more sessions.",
     "Take the disc out, note its label on it, and put in a blank one."},
    {no_disc, no_disc_cleared, "NO_DISC", "Sessions wait for a disc.",
     "Put a blank disc into the drive; for images: make room where they lie."},
    {wrong_medium, wrong_medium_cleared, "WRONG_MEDIUM", "The disc in the drive can't be used.",
     "Take it out and put in a blank one, or the one that is asked for."},
    {drive_error, drive_error_cleared, "DRIVE_ERROR", "The drive failed.",
     "Look at its cable and power, or at the disk of its image_dir (`burnbox drives`, the log); it is tried "
     "again by itself."},
    {burn_failed, burn_failed_cleared, "BURN_FAILED",
     "Sessions could not be burned, or can't go on before a person has done something.",
     "Mend what is said above. One that waits goes on by itself; for one that has failed say `burnbox retry "
     "ACCOUNT/SESSION`, or rename the folder back, mend it and send its marker again. FAILED.txt says so "
     "too, in each folder that is there."},
    {staging_full, staging_full_cleared, "STAGING_FULL",
     "The file system that takes the uploads is short of space.",
     "Delete burned sessions (the folders that end in -burned), or give it more space. With "
     "session.keep_burned: until_needed those whose discs read back well go by themselves, the oldest "
     "first."},
    {folder_away, folder_away_cleared, "FOLDER_AWAY",
     "A folder that burnbox works in is not there, because its disk is not mounted, or is closed to it, or "
     "nothing can be written there.",
     "Mount it, or do what the text above says; burnbox goes on by itself, unless it says that it ends. It "
     "also says what to do if another folder is to take its place."},
    {catalogue_error, catalogue_error_cleared, "CATALOGUE_ERROR",
     "The catalogue can't be read or written, so that nothing is sealed or burned; or an older one was put "
     "back.",
     "The cause stands above; see the log. One that can't be used is tried again by itself."},
};

constexpr auto kKinds = [] {
    std::array<EventKind, std::size(kNames)> kinds{};
    std::ranges::transform(kNames, kinds.begin(), &EventName::kind);
    return kinds;
}();

}  // namespace

std::string_view to_string(EventKind kind) {
    const auto* found = std::ranges::find(kNames, kind, &EventName::kind);
    return found == std::end(kNames) ? "unknown" : found->name;
}

std::optional<EventKind> parse_event_kind(std::string_view name) {
    const auto* found = std::ranges::find(kNames, name, &EventName::name);
    if (found == std::end(kNames)) return std::nullopt;
    return found->kind;
}

std::string listed(std::span<const EventKind> kinds) {
    std::string text;
    for (const EventKind kind : kinds) text.append(text.empty() ? "" : ", ").append(to_string(kind));
    return text;
}

std::span<const EventKind> event_kinds() {
    return kKinds;
}

std::span<const Condition> conditions() {
    return kConditions;
}

const Condition* find_condition(EventKind kind) {
    const auto* found = std::ranges::find_if(kConditions, [kind](const Condition& condition) {
        return condition.begins == kind || condition.ends == kind;
    });
    return found == std::end(kConditions) ? nullptr : found;
}

bool is_signal_name(std::string_view name) {
    return std::ranges::find(kConditions, name, &Condition::signal) != std::end(kConditions);
}

}  // namespace burnbox
