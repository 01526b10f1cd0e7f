#include "server/lease/lease_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/base/text.hpp"
#include "server/files/sent_modes.hpp"
#include "server/rules/marker_rule.hpp"

namespace burnbox::upload {

Status check_quota(const Account& account) {
    const std::uint64_t quota = account.terms.quota_bytes();
    if (quota == 0 || account.used_bytes() <= quota) return {};
    return fail(
        Errc::quota,
        fmt::format("{} of the quota of {} are used: delete something, wait for the burner, or ask for "
                    "more (accounts.{}.quota)",
                    human_bytes(account.used_bytes()), human_bytes(quota), account.name));
}

struct LeaseRecord::NewFiles {
    unsigned markers = 0, others = 0;
};

void LeaseRecord::write(Brought& brought) {
    forget_missing(brought);
    NewFiles fresh;
    for (const std::size_t index : brought.left.changed) {
        const WalkEntry& entry = brought.look.entries[index];
        const bool is_new = session_.find(entry.path) == nullptr;
        account_.set_size(session_.files, session_.files.found_at(entry.path, entry.info),
                          entry.info.size_bytes);
        if (is_new) ++(is_marker_name(registry_, entry.path) ? fresh.markers : fresh.others);
    }
    if (brought.counts) check_bounds(fresh, brought);
    for (std::size_t i = 0; i < brought.left.changed.size(); ++i) write_file(i, brought);
    for (const FoundMode& found : brought.left.modes)
        note_sent_mode(session_.files, found.path, found.type, found.mode);
    join_links(brought);
    if (!brought.counts || brought.manner.dry_run) return;
    note_made(brought);
    drop_leftovers(brought.look);
    session_.files.transfer_ended_well();
}

// As OPEN has it: whoever sends a file that is there already, or a marker, is not asked for room.
void LeaseRecord::check_bounds(const NewFiles& fresh, Brought& brought) const {
    Limits limits = registry_.limits();
    limits.files += 1 + fresh.markers;
    for (const Status& bound :
         {check_quota(account_), fresh.others > 0 ? account_.check_file_room(limits) : Status()}) {
        if (bound) continue;
        brought.left.problems.push_back(bound.error().message);
        brought.counts = false;
    }
}

// Of a file that was not whole before, a program may have changed a time, a mode or the name alone. Numbers
// of inodes are given again: under another name it is the same file while it has nobody's time.
bool LeaseRecord::is_unproven(const std::string& path, const FileInfo& info, const Brought& brought) {
    if (!brought.cut.contains(info.inode)) return false;
    const auto before = brought.before.find(path);
    if (before == brought.before.end() || before->second.inode != info.inode)
        return info.mtime == kNobodysTime;
    if (brought.manner.appends) return info.size_bytes <= before->second.size_bytes;
    return !brought.manner.in_place || info.mtime == kNobodysTime;
}

void LeaseRecord::write_file(std::size_t index, const Brought& brought) {
    const std::string& path = brought.left.brought[index];
    const FileInfo& info = brought.look.entries[brought.left.changed[index]].info;
    FileRecord& file = *session_.find(path);
    // Another client's: its own CLOSE decided, or will.
    const bool is_theirs = file.state() == FileState::whole && file.stamp() == stamp_of(info);
    if (file.writers() != 0 || is_theirs) return;
    // A client's handle changed it while the program was at work: what the handle did counts. What the
    // program may have written into the same file nobody can tell apart.
    const bool is_mixed = file.was_handled() && file.stamp().inode == info.inode;
    if (is_mixed && !brought.manner.in_place && !brought.manner.appends) return;
    const bool unproven = is_unproven(path, info, brought);
    if (unproven && file.is_cut()) return session_.files.stamped(file, info);
    const auto& hashed = brought.hashed[index];
    const auto before = brought.before.find(path);
    session_.files.brought(path,
                           {.info = info,
                            .hashed = hashed ? &*hashed : nullptr,
                            .well = brought.counts && !is_mixed && !unproven,
                            .goes_on = brought.manner.goes_on,
                            .bytes_before = before == brought.before.end() ? 0 : before->second.size_bytes,
                            .completion = account_.completion_by(sender_, registry_.tick())});
    if (hashed) account_.set_size(session_.files, *session_.find(path), hashed->info.size_bytes);
}

// Names of one file share what is known of it, whoever gave it these.
void LeaseRecord::join_links(const Brought& brought) {
    std::map<std::uint64_t, std::string> first_names;
    for (const WalkEntry& entry : brought.look.entries) {
        if (entry.info.type != FileType::file || entry.info.links < 2) continue;
        const FileRecord* const file = session_.find(entry.path);
        if (file == nullptr || file->writers() != 0) continue;
        const auto [first, is_first] = first_names.emplace(entry.info.inode, entry.path);
        if (!is_first) session_.files.linked(first->second, entry.path);
    }
}

void LeaseRecord::forget_missing(const Brought& brought) {
    const auto& entries = brought.look.entries;
    std::vector<std::string> missing;
    for (const auto& [path, file] : session_.files.all()) {
        const auto found = std::ranges::lower_bound(entries, path, {}, &WalkEntry::path);
        const bool there = found != entries.end() && found->path == path;
        if (!there && file->writers() == 0 && file->completion().now < brought.began) missing.push_back(path);
    }
    for (const std::string& path : missing) account_.release(session_.forget(path));
}

// What a program that ended well brought, or that was not there before, is what its sender has.
void LeaseRecord::note_made(const Brought& brought) {
    const auto& entries = brought.look.entries;
    const std::vector<std::string> missed(session_.files.missed().begin(), session_.files.missed().end());
    for (const std::string& path : missed) {
        const bool was_there = brought.before.contains(path) || contains(brought.others_before, path);
        const bool is_brought = std::ranges::find(brought.left.brought, path) != brought.left.brought.end();
        const bool is_there = std::ranges::binary_search(entries, path, {}, &WalkEntry::path);
        if (is_there && (is_brought || !was_there)) session_.files.made(path);
    }
}

void LeaseRecord::drop_leftovers(const FolderLook& now) {
    const std::string top = join_path(account_.name, session_.name);
    for (const std::string& path : session_.files.paths_cut_off()) {
        const FileRecord* const left = session_.find(path);
        if (left == nullptr || !left->is_of_program() || !is_rsync_leftover(path, now.entries)) continue;
        const FileRecord* const beside = session_.find(
            join_path(parent_path(path), base_name(path).substr(1, base_name(path).rfind('.') - 1)));
        if (beside == nullptr || beside->state() != FileState::whole) continue;
        if (!registry_.inbox().remove(join_path(top, path))) continue;
        account_.release(session_.forget(path));
    }
}

}  // namespace burnbox::upload
