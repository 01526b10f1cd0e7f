#include "burner/finish/release.hpp"

#include <algorithm>
#include <ranges>

#include "burner/schedule/burn_job.hpp"
#include "common/base/log.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/inbox/sealed_entry.hpp"
#include "common/session/names.hpp"
#include "common/storage/disk_space.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::minutes kBetween{1};
constexpr std::chrono::seconds kBetweenLooks{1};  // at the space alone: an upload may fill it in seconds
constexpr Timestamp::duration kLeast = std::chrono::milliseconds(10);
constexpr std::chrono::hours kProofLasts{6};  // while the other drives read their copies
constexpr std::chrono::minutes kRest{30};     // of a session that could not be read or removed
constexpr std::uint64_t kMostReservedBytes = 5ULL << 30U;

struct Removed {
    bool any = false;
    std::vector<std::string> kept{};  // they are no more what was burned, or in a folder that isn't
};

// What is on the disc and nothing else: what came into the folder after the seal stays, what was edited or
// replaced since too, with the folders it is in.
Result<Removed> remove_burned(FileSystem& fs, const std::string& folder, const Manifest& manifest) {
    Removed removed;
    for (const ManifestEntry& entry :
         manifest.entries | std::views::reverse) {  // a folder after what is in it
        const auto gone = remove_as_sealed(fs, join_path(folder, entry.staged_path()), entry);
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
                                        const ClockSteps& clock, Timestamp now) {
    std::vector<SessionRow> due;
    if (keep.how == KeepBurned::How::forever) return due;
    for (const SessionRow& row : burned) {
        const bool in_place =
            row.folder_next.empty() && parse_folder(row.folder).state == FolderState::burned;
        if (row.state != SessionState::burned || !in_place || !row.verified_at) continue;
        if (keep.how == KeepBurned::How::for_time && clock.age(*row.verified_at, now) < keep.time) continue;
        due.push_back(row);
    }
    std::ranges::stable_sort(due, {}, [](const SessionRow& row) { return *row.verified_at; });
    return due;
}

std::optional<Timestamp::duration> next_release(const std::vector<SessionRow>& burned, const KeepBurned& keep,
                                                const ClockSteps& clock, Timestamp now) {
    std::optional<Timestamp::duration> next;
    if (keep.how != KeepBurned::How::for_time) return next;
    for (const SessionRow& row : burned) {
        if (!row.verified_at) continue;
        const Timestamp::duration age = clock.age(*row.verified_at, now);
        // One of times to come is looked at as often as those that are far off.
        if (age < keep.time && age >= Timestamp::duration::zero() && (!next || keep.time - age < *next))
            next = keep.time - age;
    }
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

bool PayloadRelease::run_when_due(const std::string& drive, const Discs& discs) {
    const std::unique_lock one(one_, std::try_to_lock);
    const SteadyTime now = services_.clock.steady_now();
    if (!one || now < next_time(drive)) return false;
    note_clock();
    std::erase_if(proven_, [&](const auto& proof) { return proof.second + kProofLasts < now; });
    std::erase_if(resting_, [&](const auto& resting) { return resting.second <= now; });
    const auto did = run({drive, discs});
    if (did && *did) return true;
    if (!did) {
        log::warning("payload not released", log::kv(did.error()));
        look_at(drive, now + kBetween);
    }
    return false;
}

void PayloadRelease::note_clock() {
    const auto stepped = clock_.look(services_.clock.now(), services_.clock.steady_now());
    if (!stepped) return;
    log::warning("clock was set",
                 log::kv("seconds", std::chrono::floor<std::chrono::seconds>(*stepped).count()),
                 log::kv("what", "session.keep_burned counts the time without that"));
}

Result<bool> PayloadRelease::run(Asking asking) {
    const ConfigSnapshot config = services_.config.snapshot();
    const KeepBurned& keep = config->session.keep_burned;
    if (keep.how == KeepBurned::How::until_needed && !is_short_of_space()) {
        look_at(asking.drive, services_.clock.steady_now() + kBetweenLooks);
        return false;
    }
    BB_TRY(const auto burned, services_.catalogue.sessions_in_state(SessionState::burned));
    BB_TRY(asking.known, services_.catalogue.discs());
    for (const SessionRow& row : due_for_release(burned, keep, clock_, services_.clock.now())) {
        if (released_.contains(row.id) || resting_.contains({row.id, asking.drive})) continue;
        const auto outcome = release(row, asking);
        if (!outcome) {
            log::warning("payload not released", log::kv("account", row.account),
                         log::kv("session", row.disc_name), log::kv(outcome.error()));
            rest(row, asking);
        } else if (*outcome != Outcome::stays) {
            return true;
        }
    }
    look_at(asking.drive, time_of_next(burned, keep));
    return false;
}

void PayloadRelease::look_at(const std::string& drive, SteadyTime time) {
    const std::lock_guard lock(next_mutex_);
    next_[drive] = time;
}

bool PayloadRelease::is_short_of_space() {
    const ConfigSnapshot config = services_.config.snapshot();
    return std::ranges::any_of(services_.inbox.places().there, [&](FileSystem* fs) {
        const auto is_short = [&](const std::string& folder) {
            const auto space = space_at(*fs, folder);
            return space && space_is_needed(*space);
        };
        return is_short("") || std::ranges::any_of(config->accounts | std::views::keys, is_short);
    });
}

SteadyTime PayloadRelease::time_of_next(const std::vector<SessionRow>& burned, const KeepBurned& keep) const {
    const SteadyTime now = services_.clock.steady_now();
    const auto next = next_release(burned, keep, clock_, services_.clock.now());
    return next ? std::min<SteadyTime>(now + kBetween, now + std::max(*next, kLeast)) : now + kBetween;
}

void PayloadRelease::rest(const SessionRow& row, const Asking& asking) {
    resting_[{row.id, asking.drive}] = services_.clock.steady_now() + kRest;
}

// Each staging folder may have a disk of its own, and so may each account's: each its own need.
Result<bool> PayloadRelease::is_needed(const SessionRow& row, const KeepBurned& keep) {
    if (keep.how != KeepBurned::How::until_needed) return true;
    BB_TRY(FileSystem* const fs, services_.inbox.fs_of(row));
    BB_TRY(const auto space, space_at(*fs, row.account));
    return space_is_needed(space);
}

// As many as were promised, of each part of one in parts. An older catalogue may have seen one of two only.
Result<bool> PayloadRelease::has_all_copies(const SessionRow& row,
                                            const std::vector<DiscSessionRow>& copies) {
    std::vector<SessionRow> burned_alone = {row};
    if (row.parts != 0) {
        BB_TRY(burned_alone, services_.catalogue.parts(row.id));
        if (burned_alone.size() != row.parts) return false;
    }
    return std::ranges::all_of(burned_alone, [&](const SessionRow& one) {
        const auto there = std::ranges::count(copies, one.id, &DiscSessionRow::session);
        return static_cast<std::size_t>(there) >= std::max(one.copies, 1U);
    });
}

Result<std::optional<std::vector<PayloadRelease::CopyToRead>>> PayloadRelease::copies_to_read(
    const SessionRow& row, const Asking& asking) {
    BB_TRY(const auto copies, services_.catalogue.copies(row.id));
    BB_TRY(const bool all, has_all_copies(row, copies));
    if (!all) return std::nullopt;
    std::vector<CopyToRead> to_read;
    for (const DiscSessionRow& copy : copies) {
        const auto disc = std::ranges::find(asking.known, copy.disc, &DiscRow::id);
        const std::pair key(copy.disc, copy.session);
        if (disc == asking.known.end()) return std::nullopt;
        if (!counts(*disc, copy)) proven_.erase(key);
        // Whether an image is there again that was missing, the read-back finds out.
        if (disc->state == DiscState::suspect || !copy.good) return std::nullopt;
        if (proven_.contains(key)) continue;
        const Reach reach = asking.discs.reach(*disc);
        if (reach == Reach::missing || reach == Reach::unknown) return std::nullopt;
        if (reach != Reach::shelved) to_read.push_back({&*disc, copy, reach});
    }
    return to_read;
}

bool PayloadRelease::read_back_well(const SessionRow& row, const Asking& asking,
                                    const std::vector<CopyToRead>& copies) {
    bool all_good = true;
    for (const CopyToRead& one : copies) {
        if (one.reach == Reach::another_drive) {
            all_good = false;
            continue;
        }
        const Found found = asking.discs.read_back(*one.disc, one.copy);
        if (found == Found::unknown) rest(row, asking);
        if (found != Found::good) return false;  // a bad one is known as such from now on
        proven_[{one.copy.disc, one.copy.session}] = services_.clock.steady_now();
    }
    return all_good;
}

Result<PayloadRelease::Outcome> PayloadRelease::release(const SessionRow& row, const Asking& asking) {
    const ConfigSnapshot config = services_.config.snapshot();
    BB_TRY(const bool needed, is_needed(row, config->session.keep_burned));
    if (!needed) return Outcome::stays;
    BB_TRY(FileSystem* const fs, services_.inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    const auto entries = list_folder(*fs, folder);
    if (!entries && entries.error().code != Errc::not_found) return std::unexpected(entries.error());
    // Its owner removed it, or it was released before.
    if (!entries || std::ranges::all_of(*entries, is_receipt, &DirEntry::name)) {
        released_.insert(row.id);
        return Outcome::stays;
    }
    BB_TRY(const auto copies, copies_to_read(row, asking));
    if (!copies) return Outcome::stays;
    const auto sealed = read_seal(services_.state_fs, row);
    if (!sealed) {
        log::error("payload not released", log::kv("account", row.account), log::kv("session", row.disc_name),
                   log::kv("reason", "nobody knows any more what of it was burned"),
                   log::kv("remedy", "look at it, then delete it by hand"), log::kv(sealed.error()));
        released_.insert(row.id);
        return Outcome::stays;
    }
    // Last, because it takes long.
    if (!read_back_well(row, asking, *copies)) {
        const bool read = std::ranges::find(*copies, Reach::here, &CopyToRead::reach) != copies->end();
        return read ? Outcome::read : Outcome::stays;
    }
    BB_TRY(const Removed removed, remove_burned(*fs, folder, sealed->manifest));
    released_.insert(row.id);
    if (!removed.kept.empty())
        log::warning("files kept that were changed after they were burned", log::kv("account", row.account),
                     log::kv("session", row.disc_name), log::kv("files", removed.kept.size()),
                     log::kv("first", removed.kept.back()));
    if (removed.any)
        log::info("payload released", log::kv("account", row.account), log::kv("session", row.disc_name),
                  log::kv("bytes", row.bytes));
    return Outcome::released;
}

}  // namespace burnbox
