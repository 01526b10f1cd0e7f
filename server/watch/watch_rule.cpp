#include "server/watch/watch_rule.hpp"

#include <algorithm>

#include "common/session/names.hpp"
#include "server/rules/marker_rule.hpp"

namespace burnbox::watch {
namespace {

using upload::WalkEntry;

bool is_top_file(const WalkEntry& entry) {
    return entry.info.type == FileType::file && entry.path.find('/') == std::string::npos;
}

// In the order of session.marker. A checksum list that is data beside another marker is looked at by the seal
// anyway.
std::optional<std::string> marker_by_name(const SessionConfig& config,
                                          const std::vector<WalkEntry>& entries) {
    std::optional<std::string> found;
    for (const std::string& name : config.marker) {
        if (!upload::is_marker_name(config, name)) continue;
        const auto entry = std::ranges::find(entries, name, &WalkEntry::path);
        if (entry == entries.end() || !is_top_file(*entry)) continue;
        if (name != upload::kChecksumList) return name;
        found = name;
    }
    return found;
}

bool is_data_below(const WalkEntry& entry) {
    return entry.info.type != FileType::folder && entry.path.find('/') != std::string::npos;
}

// The predecessor's rule without its connections (upload::marker_by_any_file): the only file one step above
// data two levels deep, newer than everything else.
std::optional<std::string> marker_by_newest_file(const SessionConfig& config,
                                                 const std::vector<WalkEntry>& entries,
                                                 std::string_view last_changed) {
    if (!config.any_file || std::ranges::none_of(entries, is_data_below)) return std::nullopt;
    const WalkEntry* only = nullptr;
    for (const WalkEntry& entry : entries) {
        if (!is_top_file(entry) || upload::is_ignored(config, entry.path)) continue;
        if (only != nullptr) return std::nullopt;
        only = &entry;
    }
    if (only == nullptr || !check_entry_name(only->path)) return std::nullopt;
    const bool is_last = std::ranges::all_of(entries, [&](const WalkEntry& entry) {
        return &entry == only || entry.info.ctime < only->info.ctime ||
               (entry.info.ctime == only->info.ctime && last_changed == only->path);
    });
    return is_last ? std::optional(only->path) : std::nullopt;
}

}  // namespace

std::optional<std::string> find_marker(const SessionConfig& config, const std::vector<WalkEntry>& entries,
                                       std::string_view last_changed, std::string_view session) {
    if (auto named = marker_by_name(config, entries)) return named;
    if (upload::is_ignored(config, session)) return std::nullopt;
    return marker_by_newest_file(config, entries, last_changed);
}

Timestamp newest_change(const std::vector<WalkEntry>& entries) {
    Timestamp newest{};
    for (const WalkEntry& entry : entries) newest = std::max(newest, entry.info.ctime);
    return newest;
}

}  // namespace burnbox::watch
