#include "common/events/event_names.hpp"

#include <algorithm>

namespace burnbox {
namespace {

constexpr std::string_view kSessionEvents[] = {"session_sealed",    "session_queued", "session_burning",
                                               "session_verifying", "session_burned", "session_failed",
                                               "session_withdrawn"};

constexpr std::string_view kDiscEvents[] = {"disc_suspect"};

constexpr Condition kConditions[] = {
    {"disc_full", "DISC_FULL", "The disc takes no more sessions.",
     "Take the disc out, note its label on it, and put in a blank one."},
    {"no_disc", "NO_DISC", "Sessions wait for a disc.",
     "Put a blank disc into the drive; for images: make room where they lie."},
    {"wrong_medium", "WRONG_MEDIUM", "The disc in the drive can't be used.",
     "Take it out and put in a blank one, or the one that is asked for."},
    {"drive_error", "DRIVE_ERROR", "The drive failed.",
     "Look at its cable and power, or at the disk of its image_dir (`burnbox drives`, the log); it is tried "
     "again by itself."},
    {"burn_failed", "BURN_FAILED", "Sessions could not be burned.",
     "Mend what is said above and say `burnbox retry ACCOUNT/SESSION`; or rename the folder back, mend it "
     "and "
     "send its marker again. FAILED.txt says so too, in each folder that is there."},
    {"staging_full", "STAGING_FULL", "The file system that takes the uploads is short of space.",
     "Delete burned sessions (the folders that end in -burned), or give it more space."},
    {"folder_away", "FOLDER_AWAY", "A folder that burnbox works in is not there: its disk is not mounted.",
     "Mount it; burnbox goes on by itself. The text above says what to do if another folder is to take its "
     "place."},
    {"catalogue_error", "CATALOGUE_ERROR",
     "The catalogue can't be read or written, so that nothing is sealed or burned; or an older one was put "
     "back.",
     "The cause stands above; see the log. One that can't be used is tried again by itself."},
};

std::vector<std::string> all_names() {
    std::vector<std::string> names(std::begin(kSessionEvents), std::end(kSessionEvents));
    names.insert(names.end(), std::begin(kDiscEvents), std::end(kDiscEvents));
    for (const Condition& condition : kConditions) {
        names.emplace_back(condition.event);
        names.push_back(std::string(condition.event).append(kCleared));
    }
    return names;
}

}  // namespace

std::span<const Condition> conditions() {
    return kConditions;
}

const Condition* find_condition(std::string_view event) {
    if (event.ends_with(kCleared)) event.remove_suffix(kCleared.size());
    const auto* found = std::ranges::find(kConditions, event, &Condition::event);
    return found == std::end(kConditions) ? nullptr : found;
}

bool is_signal_name(std::string_view name) {
    return std::ranges::find(kConditions, name, &Condition::signal) != std::end(kConditions);
}

const std::vector<std::string>& event_names() {
    static const std::vector<std::string> names = all_names();
    return names;
}

}  // namespace burnbox
