// One look at a session in a watched folder, on the disk pool: what is there, whether it has a marker, and
// what speaks against it.
#pragma once

#include <optional>
#include <string>

#include "server/upload/client.hpp"

namespace burnbox::watch {

// How many times `settle` a session has to be quiet where nobody can tell whether somebody still writes.
constexpr int kUnseenFactor = 10;

struct Question {
    std::string account, session;
    std::string last_changed;  // as for find_marker()
    std::chrono::nanoseconds settle{0};
    std::chrono::nanoseconds quiet_for{0};  // as far as anybody saw it
    bool asked_for = false;  // a person asked for the burn: no marker is needed, and nobody waits for quiet
};

struct Examined {
    bool gone = false;
    std::uint64_t bytes = 0, files_count = 0;
    std::string refused;                                // what REFUSED.txt says; "" = there is none of ours
    std::optional<std::string> marker;                  // "" when a person asked
    std::optional<std::chrono::nanoseconds> not_quiet;  // it changed a moment ago: look again after this time
    std::string busy;                                   // who still writes: look again later
    std::string
        unseen;  // whose writers nobody sees, though it would be sealed; it waits for longer, not_quiet
    std::string problem;  // why the seal must refuse it; without a marker only to be shown
};

// Blocks.
[[nodiscard]] Examined examine(const UploadServices& services, const Question& question);

// The time that takes, as text: "300 s".
[[nodiscard]] std::string unseen_settle(const WatchConfig& folder);

// For the log and `burnbox check`: whose writers nobody sees there, what to do, and what it means; "" when
// all are seen. Blocks.
[[nodiscard]] std::string unseen_note(const WatchConfig& folder);

}  // namespace burnbox::watch
