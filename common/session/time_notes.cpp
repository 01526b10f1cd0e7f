#include "common/session/time_notes.hpp"

#include <fmt/format.h>

#include "common/base/some_names.hpp"
#include "common/base/time_range.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostNamed = 5;

}  // namespace

std::vector<TimeNote> time_notes_of(const Manifest& manifest) {
    // A disc holds whole seconds: what was read from one has no more.
    constexpr Timestamp kLastSecond = std::chrono::floor<std::chrono::seconds>(kLatestTime);
    std::vector<TimeNote> notes;
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.mtime <= kEarliestTime || entry.mtime >= kLastSecond)
            notes.push_back({.path = entry.path, .shown = clamp_time(entry.mtime)});
    return notes;
}

std::string time_notes_sentence(const std::vector<TimeNote>& notes) {
    if (notes.empty()) return {};
    return fmt::format("a disc holds times of the years 1900 to 2155; these have the nearest: {}",
                       some_paths(notes, kMostNamed));
}

}  // namespace burnbox
