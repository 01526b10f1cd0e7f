// One look at a session in a watched folder, on the disk pool: what is there, whether it has a marker, and
// what speaks against it.
#pragma once

#include <optional>
#include <string>

#include "server/upload/client.hpp"

namespace burnbox::watch {

struct Question {
    std::string account, session;
    std::string last_changed;  // as for find_marker()
    std::chrono::nanoseconds settle{0};
    bool asked_for = false;  // a person asked for the burn: no marker is needed, and nobody waits for quiet
};

struct Examined {
    bool gone = false;
    std::uint64_t bytes = 0, files_count = 0;
    bool was_refused = false;                           // REFUSED.txt lies there
    std::optional<std::string> marker;                  // "" when a person asked
    std::optional<std::chrono::nanoseconds> not_quiet;  // it changed a moment ago: look again after this time
    std::string busy;                                   // who still writes: look again later
    std::string problem;  // why the seal must refuse it; without a marker only to be shown
};

// Blocks.
[[nodiscard]] Examined examine(const UploadServices& services, const Question& question);

}  // namespace burnbox::watch
