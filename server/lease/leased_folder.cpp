#include "server/lease/leased_folder.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/rules/attributes.hpp"
#include "server/rules/link_rule.hpp"

namespace burnbox::upload {
namespace {

constexpr unsigned kMostLooks = 5;

}  // namespace

Result<FolderLook> LeasedFolder::look_once() const {
    FolderLook seen;
    BB_TRY(seen.entries, walk_session(fs_, top_));
    BB_TRY(const auto names, list_folder(fs_, top_));
    for (const DirEntry& name : names) {
        if (!is_own_file(name.name) || name.type == FileType::folder) continue;
        BB_TRY(const FileInfo info, fs_.info(join_path(top_, name.name)));
        seen.own_files.emplace(name.name, stamp_of(info));
    }
    return seen;
}

Result<FolderLook> LeasedFolder::look() const {
    auto seen = look_once();
    for (unsigned i = 1; i < kMostLooks && !seen && seen.error().code == Errc::not_found; ++i)
        seen = look_once();
    return seen;
}

Status LeasedFolder::make_nobodys(const std::vector<std::string>& paths) const {
    for (const std::string& path : paths) {
        const Status set = fs_.set_times(join_path(top_, path), kNobodysTime, kNobodysTime);
        if (!set && set.error().code != Errc::not_found) return set;
    }
    return {};
}

LeasedCount LeasedFolder::count(bool sizes) const {
    LeasedCount sum;
    std::vector<std::string> waiting = {""};
    while (!waiting.empty()) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        const auto names = list_folder(fs_, join_path(top_, at));
        if (!names) continue;
        for (const DirEntry& name : *names) {
            const std::string path = join_path(at, name.name);
            if (name.type == FileType::folder) waiting.push_back(path);
            if (name.type != FileType::file) ++sum.others;
            if (name.type != FileType::file || is_own_file(path)) continue;
            ++sum.files;
            if (!sizes) continue;
            if (const auto info = fs_.info(join_path(top_, path))) sum.bytes += info->size_bytes;
        }
    }
    return sum;
}

// A link that the inbox's rules allow gets its own target again; others can't stay.
Status LeasedFolder::finish_link(const WalkEntry& entry, LeasedAfter& after, std::mutex& names) const {
    const std::string target = unmunged_target(entry.link_target);
    const std::string path = join_path(top_, entry.path);
    const auto leads = link_destination(entry.path, target);
    if (!leads) after.problems.push_back(leads.error().message + "; it was not kept");
    const std::lock_guard lock(names);
    const auto now = fs_.info(path);  // a client may have put something else there
    if (!now || now->type != FileType::symlink || now->inode != entry.info.inode) return {};
    BB_CHECK(fs_.remove(path));
    if (!leads) return {};
    BB_CHECK(fs_.make_symlink(target, path));
    return fs_.set_times(path, entry.info.atime, entry.info.mtime);
}

void LeasedFolder::finish_links(const FolderLook& now, LeasedAfter& after, std::mutex& names) const {
    for (const WalkEntry& entry : now.entries) {
        if (entry.info.type != FileType::symlink || unmunged_target(entry.link_target).empty()) continue;
        const std::string folder = join_path(top_, parent_path(entry.path));
        const auto before = fs_.info(folder);
        if (const Status settled = finish_link(entry, after, names); !settled)
            after.problems.push_back(settled.error().message);
        if (before) (void)fs_.set_times(folder, before->atime, before->mtime);  // as the client set them
    }
}

// What the program gave a file is what its client sent; times stay what the program made them. A mode that a
// file had before may be that of its staging copy only.
void LeasedFolder::tame(WalkEntry& entry, const LeasedBefore& before, LeasedAfter& after) const {
    const std::string path = join_path(top_, entry.path);
    const std::uint32_t mode = staged_mode(entry.info.type, entry.info.mode);
    const auto was = before.files.find(entry.path);
    const bool is_new = was == before.files.end() || was->second.inode != entry.info.inode;
    if (is_new || mode != entry.info.mode)
        after.modes.push_back({.path = entry.path, .type = entry.info.type, .mode = entry.info.mode});
    if (mode == entry.info.mode) return;
    (void)fs_.set_mode(path, mode);  // what fails here fails at the seal too, which says so
    if (const auto info = fs_.info(path)) entry.info = *info;
}

void LeasedFolder::keep_own_names(const LeasedBefore& before, bool refused, const FolderLook& now,
                                  LeasedAfter& after) const {
    for (const std::string& name : usurped_names(before.own_files, now.own_files, refused)) {
        after.problems.push_back(fmt::format(
            "{} is a name that burnbox uses itself; it was not kept: choose another name for your file",
            escape(name)));
        (void)fs_.remove(join_path(top_, name));
    }
}

LeasedAfter LeasedFolder::put_in_order(const LeasedBefore& before, bool refused, FolderLook& now,
                                       std::mutex& names_mutex) const {
    LeasedAfter after;
    std::vector<std::string> names;
    finish_links(now, after, names_mutex);
    for (const WalkEntry& entry : now.entries)
        if (!check_entry_name(base_name(entry.path))) names.push_back(entry.path);
    after.changed = changed_files(before.files, now.entries);
    for (const std::size_t index : after.changed) {
        tame(now.entries[index], before, after);
        after.brought.push_back(now.entries[index].path);
    }
    keep_own_names(before, refused, now, after);
    if (!names.empty())
        after.problems.push_back("names that can't be put on a disc: " + list_names(names) + "; rename them");
    return after;
}

}  // namespace burnbox::upload
