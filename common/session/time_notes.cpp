#include "common/session/time_notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
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
    std::string names;
    for (std::size_t i = 0; i < std::min(notes.size(), kMostNamed); ++i)
        names += (names.empty() ? "" : ", ") + escape(notes[i].path);
    if (notes.size() > kMostNamed) names += fmt::format(" and {} more", notes.size() - kMostNamed);
    return fmt::format("a disc holds times of the years 1900 to 2155; these have the nearest: {}", names);
}

}  // namespace burnbox
