#include "burner/finish/release.hpp"

#include <algorithm>
#include <ranges>

#include "burner/schedule/burn_job.hpp"
#include "common/base/log.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/inbox/sealed_entry.hpp"
#include "common/session/names.hpp"
#include "common/storage/changeable.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::minutes kBetween{1};
constexpr Timestamp::duration kLeast = std::chrono::milliseconds(10);
constexpr std::chrono::minutes kProofLasts{10};  // while the other drives read their copies
constexpr std::uint64_t kMostReservedBytes = 5ULL << 30U;

struct Removed {
    bool any = false;
    std::vector<std::string> kept{};  // they are no more what was burned, or in a folder that isn't
};

// Whether it is gone now. What was written to since it was looked at, at the latest, stays.
Result<bool> remove_entry(FileSystem& fs, const std::string& path, const ManifestEntry& entry) {
    BB_TRY(const FileInfo before, fs.info(path));
    BB_TRY(const bool same, is_as_sealed(fs, path, entry));
    BB_TRY(const FileInfo now, fs.info(path));
    if (!same || now.inode != before.inode || now.ctime != before.ctime) return false;
    BB_CHECK(change_entry(
        fs, path, [&] { return entry.type == FileType::folder ? fs.remove_folder(path) : fs.remove(path); }));
    return true;
}

// What is on the disc and nothing else: what came into the folder after the seal stays, what was edited or
// replaced since too, with the folders it is in.
Result<Removed> remove_burned(FileSystem& fs, const std::string& folder, const Manifest& manifest) {
    Removed removed;
    for (const ManifestEntry& entry :
         manifest.entries | std::views::reverse) {  // a folder after what is in it
        const auto gone = remove_entry(fs, join_path(folder, entry.staged_path()), entry);
        if (!gone && gone.error().code != Errc::not_found && gone.error().code != Errc::exists)
            return std::unexpected(gone.error());
        removed.any = removed.any || gone.value_or(false);
        if (gone && !*gone) removed.kept.push_back(entry.staged_path());
    }
    return removed;
}

bool is_receipt(std::string_view name) {
    return name == "RECEIPT.txt" || name == "receipt.json";
}

}  // namespace

std::vector<SessionRow> due_for_release(const std::vector<SessionRow>& burned, const KeepBurned& keep,
                                        bool short_of_space, Timestamp now) {
    std::vector<SessionRow> due;
    if (keep.how == KeepBurned::How::forever) return due;
    if (keep.how == KeepBurned::How::until_needed && !short_of_space) return due;
    for (const SessionRow& row : burned) {
        const bool in_place =
            row.folder_next.empty() && parse_folder(row.folder).state == FolderState::burned;
        if (row.state != SessionState::burned || !in_place || !row.verified_at) continue;
        if (keep.how == KeepBurned::How::for_time && now - *row.verified_at < keep.time) continue;
        due.push_back(row);
    }
    std::ranges::stable_sort(due, {}, [](const SessionRow& row) { return *row.verified_at; });
    return due;
}

std::optional<Timestamp> next_release(const std::vector<SessionRow>& burned, const KeepBurned& keep,
                                      Timestamp now) {
    std::optional<Timestamp> next;
    if (keep.how != KeepBurned::How::for_time) return next;
    for (const SessionRow& row : burned)
        if (row.verified_at && now - *row.verified_at < keep.time &&
            (!next || *row.verified_at + keep.time < *next))
            next = *row.verified_at + keep.time;
    return next;
}

bool space_is_needed(const FileSystem::Space& space) {
    return space.free_bytes < std::min(space.total_bytes / 10, kMostReservedBytes);
}

SteadyTime PayloadRelease::next_time(const std::string& drive) const {
    const ConfigSnapshot config = services_.config.snapshot();
    if (config->session.keep_burned.how == KeepBurned::How::forever) return SteadyTime::max();
    const std::lock_guard lock(next_mutex_);
    const auto known = next_.find(drive);
    return known == next_.end() ? SteadyTime::min() : known->second;
}

void PayloadRelease::look_again(const std::string& drive) {
    const std::lock_guard lock(next_mutex_);
    next_.erase(drive);
}

void PayloadRelease::run_when_due(const std::string& drive, const ReadBack& read_back) {
    const std::unique_lock one(one_, std::try_to_lock);
    const SteadyTime now = services_.clock.steady_now();
    if (!one || now < next_time(drive)) return;
    std::erase_if(proven_, [&](const auto& proof) { return proof.second + kProofLasts < now; });
    const auto next = run(read_back, now + kBetween);
    if (!next) log::warning("payload not released", log::kv(next.error()));
    const std::lock_guard lock(next_mutex_);
    next_[drive] = next.value_or(now + kBetween);
}

Result<SteadyTime> PayloadRelease::run(const ReadBack& read_back, SteadyTime latest) {
    const ConfigSnapshot config = services_.config.snapshot();
    const KeepBurned& keep = config->session.keep_burned;
    BB_TRY(auto space, services_.inbox.fs().space());
    BB_TRY(const auto burned, services_.catalogue.sessions_in_state(SessionState::burned));
    const Timestamp now = services_.clock.now();
    for (const SessionRow& row : due_for_release(burned, keep, space_is_needed(space), now)) {
        if (released_.contains(row.id)) continue;
        const auto released = release(row, read_back);
        if (!released)
            log::warning("payload not released", log::kv("account", row.account),
                         log::kv("session", row.disc_name), log::kv(released.error()));
        if (!released.value_or(false) || keep.how != KeepBurned::How::until_needed) continue;
        BB_TRY(space, services_.inbox.fs().space());
        if (!space_is_needed(space)) break;
    }
    const auto next = next_release(burned, keep, now);
    if (!next) return latest;
    return std::min(latest, services_.clock.steady_now() + std::max(*next - services_.clock.now(), kLeast));
}

bool PayloadRelease::is_good(const DiscRow& disc, const DiscSessionRow& copy, const ReadBack& read_back) {
    const std::pair key(copy.disc, copy.session);
    if (!counts(disc, copy)) proven_.erase(key);
    // Whether an image is there again that was missing, the read-back finds out.
    if (disc.state == DiscState::suspect || !copy.good) return false;
    if (proven_.contains(key)) return true;
    switch (read_back(disc, copy)) {
        case Found::good:
            proven_[key] = services_.clock.steady_now();
            return true;
        case Found::shelved:
            return true;
        case Found::bad:
        case Found::elsewhere:
        case Found::missing:
            return false;
    }
    return false;
}

Result<bool> PayloadRelease::all_copies_good(const SessionRow& row, const ReadBack& read_back) {
    BB_TRY(const auto copies, services_.catalogue.copies(row.id));
    BB_TRY(const auto discs, services_.catalogue.discs());
    bool all_good = !copies.empty();
    for (const DiscSessionRow& copy : copies) {
        const auto disc = std::ranges::find(discs, copy.disc, &DiscRow::id);
        all_good = disc != discs.end() && is_good(*disc, copy, read_back) && all_good;
    }
    return all_good;
}

Result<bool> PayloadRelease::release(const SessionRow& row, const ReadBack& read_back) {
    BB_TRY(FileSystem* const fs, services_.inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    const auto entries = list_folder(*fs, folder);
    if (!entries && entries.error().code != Errc::not_found) return std::unexpected(entries.error());
    // Its owner removed it, or it was released before.
    if (!entries || std::ranges::all_of(*entries, is_receipt, &DirEntry::name)) {
        released_.insert(row.id);
        return false;
    }
    const auto sealed = read_seal(services_.state_fs, row);
    if (!sealed) {
        log::error("payload not released", log::kv("account", row.account), log::kv("session", row.disc_name),
                   log::kv("reason", "nobody knows any more what of it was burned"),
                   log::kv("remedy", "look at it, then delete it by hand"), log::kv(sealed.error()));
        released_.insert(row.id);
        return false;
    }
    // Last, because it takes long.
    BB_TRY(const bool good, all_copies_good(row, read_back));
    if (!good) return false;
    BB_TRY(const Removed removed, remove_burned(*fs, folder, sealed->manifest));
    released_.insert(row.id);
    if (!removed.kept.empty())
        log::warning("files kept that were changed after they were burned", log::kv("account", row.account),
                     log::kv("session", row.disc_name), log::kv("files", removed.kept.size()),
                     log::kv("first", removed.kept.back()));
    if (removed.any)
        log::info("payload released", log::kv("account", row.account), log::kv("session", row.disc_name),
                  log::kv("bytes", row.bytes));
    return removed.any;
}

}  // namespace burnbox
