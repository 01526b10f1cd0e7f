#include "server/lease/lease_rule.hpp"

#include <algorithm>

#include "server/rules/marker_rule.hpp"

namespace burnbox::upload {
namespace {

constexpr std::string_view kMunged = "/rsyncd-munged/";
constexpr std::size_t kRandomPart = 6;

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Stamps file_stamps(const std::vector<WalkEntry>& entries) {
    Stamps stamps;
    for (const WalkEntry& entry : entries)
        if (entry.info.type == FileType::file)
            stamps.emplace_hint(stamps.end(), entry.path, stamp_of(entry.info));
    return stamps;
}

std::vector<std::string> folders_and_links(const std::vector<WalkEntry>& entries) {
    std::vector<std::string> seen;
    for (const WalkEntry& entry : entries) {
        if (entry.info.type == FileType::file) continue;
        const std::string target = unmunged_target(entry.link_target);
        seen.push_back(entry.path + '\0' + (target.empty() ? entry.link_target : target));
    }
    return seen;
}

bool contains(const std::vector<std::string>& seen, const std::string& path) {
    const std::string begin = path + '\0';
    const auto at = std::ranges::lower_bound(seen, begin);
    return at != seen.end() && at->starts_with(begin);
}

std::vector<std::size_t> changed_files(const Stamps& before, const std::vector<WalkEntry>& after) {
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (after[i].info.type != FileType::file) continue;
        const auto found = before.find(after[i].path);
        if (found == before.end() || found->second != stamp_of(after[i].info)) changed.push_back(i);
    }
    return changed;
}

std::vector<std::string> usurped_names(const Stamps& before, const Stamps& after, bool refused) {
    std::vector<std::string> names;
    for (const auto& [name, stamp] : after) {
        if (refused && (name == "REFUSED.txt" || name.ends_with(".refused"))) continue;
        const auto found = before.find(name);
        const bool is_there = found != before.end() && found->second.inode == stamp.inode;
        // Its times and mode may be set; what a refused marker holds is its sender's.
        if (is_there && (found->second.size_bytes == stamp.size_bytes || name.ends_with(".refused")))
            continue;
        names.push_back(name);
    }
    return names;
}

std::string unmunged_target(std::string_view target) {
    return target.starts_with(kMunged) ? std::string(target.substr(kMunged.size())) : std::string();
}

bool is_rsync_leftover(std::string_view path, const std::vector<WalkEntry>& entries) {
    const std::string_view name = base_name(path);
    if (name.size() < kRandomPart + 3 || name.front() != '.' || name[name.size() - kRandomPart - 1] != '.')
        return false;
    if (!std::ranges::all_of(name.substr(name.size() - kRandomPart), is_alphanumeric)) return false;
    const std::string whole = join_path(parent_path(path), name.substr(1, name.size() - kRandomPart - 2));
    const auto found = std::ranges::lower_bound(entries, whole, {}, &WalkEntry::path);
    return found != entries.end() && found->path == whole && found->info.type == FileType::file;
}

std::string brought_marker(const SessionConfig& config, const std::vector<std::string>& paths) {
    std::string list;
    for (const std::string& name : config.marker) {
        if (!is_marker_name(config, name) || std::ranges::find(paths, name) == paths.end()) continue;
        if (name != kChecksumList) return name;
        list = name;
    }
    return list;
}

}  // namespace burnbox::upload
