#include "server/upload/loan_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "server/upload/marker_rule.hpp"

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

struct LoanRecord::NewFiles {
    unsigned markers = 0, others = 0;
};

void LoanRecord::write(Brought& brought) {
    forget_missing(brought);
    NewFiles fresh;
    for (const std::size_t index : brought.left.changed) {
        const WalkEntry& entry = brought.look.entries[index];
        const auto [at, is_new] = session_.files.try_emplace(entry.path);
        account_.set_size(at->second, entry.info.size_bytes);
        if (is_new) ++(is_marker_name(core_.session_config(), entry.path) ? fresh.markers : fresh.others);
    }
    if (brought.counts) check_bounds(fresh, brought);
    for (std::size_t i = 0; i < brought.left.changed.size(); ++i) write_file(i, brought);
    if (brought.counts) drop_leftovers(brought.look);
}

// As OPEN has it: whoever sends a file that is there already, or a marker, is not asked for room.
void LoanRecord::check_bounds(const NewFiles& fresh, Brought& brought) const {
    Limits limits = core_.services.config.limits;
    limits.files += 1 + fresh.markers;
    for (const Status& bound :
         {check_quota(account_), fresh.others > 0 ? account_.check_file_room(limits) : Status()}) {
        if (bound) continue;
        brought.left.problems.push_back(bound.error().message);
        brought.counts = false;
    }
}

void LoanRecord::write_file(std::size_t index, const Brought& brought) {
    const std::string& path = brought.left.brought[index];
    const FileInfo& info = brought.look.entries[brought.left.changed[index]].info;
    FileRecord& file = session_.files.at(path);
    // Another client's: its own CLOSE decided, or will.
    if (file.writers != 0 || (file.state == FileState::whole && file.stamp == stamp_of(info))) return;
    if (file.stamp.inode != info.inode) file.lost = false;
    file.mixed = false;
    file.from_journal = false;
    file.digest.reset();
    file.completed = core_.tick();
    file.stamp = stamp_of(info);
    const auto connection = account_.connections.find(sender_);
    const bool known = connection != account_.connections.end();
    file.sender_opened = known ? connection->second.opened : 0;
    file.sender_opened_at = known ? connection->second.opened_at : Timestamp{};
    file.state = brought.counts && !file.lost ? FileState::whole : FileState::cut_off;
    if (file.state == FileState::cut_off) return session_.journal.cut(path);
    const auto& hashed = brought.hashed[index];
    if (!hashed) return session_.journal.opened(path);  // read once more at the seal
    account_.set_size(file, hashed->info.size_bytes);
    file.stamp = stamp_of(hashed->info);
    file.digest = hashed->sha256;
    session_.journal.closed(path, file.size_bytes, *file.digest);
}

void LoanRecord::forget_missing(const Brought& brought) {
    const auto& entries = brought.look.entries;
    std::vector<std::string> missing;
    for (const auto& [path, file] : session_.files) {
        const auto found = std::ranges::lower_bound(entries, path, {}, &WalkEntry::path);
        const bool there = found != entries.end() && found->path == path;
        if (!there && file.writers == 0 && file.completed < brought.began) missing.push_back(path);
    }
    for (const std::string& path : missing) {
        account_.release(session_.forget(path));
        session_.journal.removed(path);
    }
}

void LoanRecord::drop_leftovers(const FolderLook& now) {
    const std::string top = join_path(account_.name, session_.name);
    for (const std::string& path : session_.paths_cut_off()) {
        if (!is_rsync_leftover(path, now.entries)) continue;
        const FileRecord* const beside = session_.find(
            join_path(parent_path(path), base_name(path).substr(1, base_name(path).rfind('.') - 1)));
        if (beside == nullptr || beside->state != FileState::whole) continue;
        if (!core_.inbox().remove(join_path(top, path))) continue;
        account_.release(session_.forget(path));
        session_.journal.removed(path);
    }
}

}  // namespace burnbox::upload
