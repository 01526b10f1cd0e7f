#include "server/lease/lease_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/base/text.hpp"
#include "server/rules/marker_rule.hpp"
#include "server/sessions/sent_modes.hpp"

namespace burnbox::upload {

Status check_quota(const Account& account) {
    if (account.config.quota_bytes == 0 || account.used_bytes() <= account.config.quota_bytes) return {};
    return fail(
        Errc::quota,
        fmt::format("{} of the quota of {} are used: delete something, wait for the burner, or ask for "
                    "more (accounts.{}.quota)",
                    human_bytes(account.used_bytes()), human_bytes(account.config.quota_bytes),
                    account.name));
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
        if (is_new) ++(is_marker_name(registry_.session_config(), entry.path) ? fresh.markers : fresh.others);
    }
    if (brought.counts) check_bounds(fresh, brought);
    for (std::size_t i = 0; i < brought.left.changed.size(); ++i) write_file(i, brought);
    for (const FoundMode& found : brought.left.modes)
        note_sent_mode(session_.files, found.path, found.type, found.mode);
    join_links(brought);
    if (!brought.counts) return;
    drop_leftovers(brought.look);
    if (!brought.dry_run) session_.files.transfer_ended_well();
}

// As OPEN has it: whoever sends a file that is there already, or a marker, is not asked for room.
void LeaseRecord::check_bounds(const NewFiles& fresh, Brought& brought) const {
    Limits limits = registry_.services.config.limits;
    limits.files += 1 + fresh.markers;
    for (const Status& bound :
         {check_quota(account_), fresh.others > 0 ? account_.check_file_room(limits) : Status()}) {
        if (bound) continue;
        brought.left.problems.push_back(bound.error().message);
        brought.counts = false;
    }
}

void LeaseRecord::write_file(std::size_t index, const Brought& brought) {
    const std::string& path = brought.left.brought[index];
    const FileInfo& info = brought.look.entries[brought.left.changed[index]].info;
    FileRecord& file = *session_.find(path);
    // Another client's: its own CLOSE decided, or will.
    const bool is_theirs = file.state() == FileState::whole && file.stamp() == stamp_of(info);
    if (file.writers() != 0 || is_theirs) return;
    const auto& hashed = brought.hashed[index];
    const auto before = brought.before.find(path);
    session_.files.brought(path,
                           {.info = info,
                            .hashed = hashed ? &*hashed : nullptr,
                            .well = brought.counts,
                            .goes_on = brought.goes_on,
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

void LeaseRecord::drop_leftovers(const FolderLook& now) {
    const std::string top = join_path(account_.name, session_.name);
    for (const std::string& path : session_.files.paths_cut_off()) {
        if (!is_rsync_leftover(path, now.entries)) continue;
        const FileRecord* const beside = session_.find(
            join_path(parent_path(path), base_name(path).substr(1, base_name(path).rfind('.') - 1)));
        if (beside == nullptr || beside->state() != FileState::whole) continue;
        if (!registry_.inbox().remove(join_path(top, path))) continue;
        account_.release(session_.forget(path));
    }
}

}  // namespace burnbox::upload
