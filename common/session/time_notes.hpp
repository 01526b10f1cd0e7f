// Times that no disc can hold, years before 1900 and after 2155. Their entries have the first or the last
// time that one can hold (common/base/time_range.hpp), in every record and on the disc. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/session/manifest.hpp"

namespace burnbox {

struct TimeNote {
    std::string path;  // of the entry in the session
    Timestamp shown;   // in place of its own

    bool operator==(const TimeNote&) const = default;
};

// In the manifest's order.
[[nodiscard]] std::vector<TimeNote> time_notes_of(const Manifest& manifest);
// One sentence for people, with some of the names; "" without notes.
[[nodiscard]] std::string time_notes_sentence(const std::vector<TimeNote>& notes);

}  // namespace burnbox
