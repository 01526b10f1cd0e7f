// Whose turn it is on a drive: which of the queued sessions it takes, alone or together, and on which disc.
#include <fmt/format.h>

#include <algorithm>

#include "burner/finish/finisher.hpp"
#include "burner/image/size_estimate.hpp"
#include "burner/jobs/disc_supply.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "burner/prepare/parity_loop.hpp"
#include "burner/prepare/splitter.hpp"
#include "burner/schedule/batch.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

bool has_copy_on(const std::vector<DiscSessionRow>& copies, const std::string& drive) {
    return std::ranges::any_of(copies, [&](const DiscSessionRow& copy) { return copy.drive == drive; });
}

std::set<DiscId> discs_of(const std::vector<DiscSessionRow>& copies) {
    std::set<DiscId> discs;
    for (const DiscSessionRow& copy : copies) discs.insert(copy.disc);
    return discs;
}

}  // namespace

bool DriveLoop::is_for_this_drive(const SessionRow& row) const {
    // A row whose folder is on its way (the seal's rename) is not whole yet.
    if (!row.folder_next.empty() || parse_folder(row.folder).state != FolderState::queued) return false;
    if (!services_.inbox.fs_of(row)) return false;  // its watched folder is not configured any more
    const auto pool = services_.config.pools.find(row.pool);
    return pool != services_.config.pools.end() &&
           std::ranges::count(pool->second.drives, drive_->name()) != 0;
}

bool DriveLoop::left_to_another(const SessionRow& row, const std::vector<DiscSessionRow>& copies) {
    if (has_copy_on(copies, drive_->name())) return true;  // copies go on different drives
    const SteadyTime now = services_.clock.steady_now();
    for (const std::string& earlier : services_.config.pools.at(row.pool).drives) {
        if (earlier == drive_->name()) return false;
        if (!has_copy_on(copies, earlier) && schedule_.can_take(earlier, row.id, now)) return true;
    }
    return false;
}

Result<std::optional<std::vector<DiscSessionRow>>> DriveLoop::copies_if_its_turn(const SessionRow& row) {
    std::optional<std::vector<DiscSessionRow>> none;
    if (!is_for_this_drive(row) || waits_for_split(services_.config, schedule_, row) ||
        waits_for_parity(services_, schedule_, row))
        return none;
    const auto waits = waiting_.find(row.id);
    if (waits != waiting_.end() && !waits->second.ready(services_.clock.steady_now())) return none;
    if (!schedule_.may_burn(row.id, services_.clock.steady_now())) return none;
    BB_TRY(auto copies, services_.catalogue.copies(row.id));
    if (left_to_another(row, copies)) return none;
    return std::optional(std::move(copies));
}

Result<DriveLoop::Group> DriveLoop::gather(std::span<const SessionRow> queue,
                                           const std::vector<DiscSessionRow>& copies) {
    // Layout::root puts a session at the disc's root: one on each disc. A part fills its disc alone.
    BatchConfig rule = services_.config.burn.batch;
    if (services_.config.burn.layout == Layout::root || queue.front().is_part()) rule.sessions = 1;
    std::vector<const SessionRow*> rows;
    std::vector<BatchCandidate> candidates;
    const auto add = [&](const SessionRow& row) {
        rows.push_back(&row);
        candidates.push_back({row.id, row.bytes, row.sealed_at, !copies.empty() || schedule_.released(row.id),
                              schedule_.most_together(row.id)});
    };
    add(queue.front());
    for (const SessionRow& row : queue.subspan(1)) {
        if (rule.sessions <= 1) break;
        if (row.is_part() || row.pool != queue.front().pool) continue;
        BB_TRY(const auto others, copies_if_its_turn(row));
        if (others && discs_of(*others) == discs_of(copies)) add(row);
    }
    const Batch batch = choose_batch(candidates, rule, services_.clock.now());
    Group group{{}, batch.held_until};
    for (const std::size_t member : batch.members) group.rows.push_back(*rows[member]);
    return group;
}

void DriveLoop::hold(const Group& group) {
    held_until_ = held_until_ ? std::min(*held_until_, *group.held_until) : *group.held_until;
    for (const SessionRow& row : group.rows)
        reporter_.session_waits(row, held_text(services_.config.burn.batch, *group.held_until));
}

Result<bool> DriveLoop::burn_next() {
    BB_TRY(const auto rows, services_.catalogue.burn_queue());
    const auto not_queued = [&](const auto& note) {
        return std::ranges::find(rows, note.first, &SessionRow::id) == rows.end();
    };
    std::erase_if(waiting_, not_queued);
    std::erase_if(estimates_, not_queued);
    std::erase_if(disc_waits_, not_queued);
    std::erase_if(folder_waits_, not_queued);
    held_until_.reset();
    std::set<SessionId> held;
    for (auto first = rows.begin(); first != rows.end(); ++first) {
        if (schedule_.stopping) return false;
        if (first->folder_next.empty() && waits_for_its_folder(*first)) {
            schedule_.add_ended(first->whole_or_self());
            return true;
        }
        tell_if_folder_is_away(*first);
        if (held.contains(first->id)) continue;
        BB_TRY(const auto copies, copies_if_its_turn(*first));
        if (!copies) continue;
        BB_TRY(Group group, gather(std::span(first, rows.end()), *copies));
        if (group.held_until) {
            hold(group);
            for (const SessionRow& row : group.rows) held.insert(row.id);
            continue;
        }
        BB_TRY(const bool did, take(std::move(group.rows), *copies));
        if (did) return true;
    }
    BB_CHECK(nothing_to_burn(rows));
    return false;
}

Result<bool> DriveLoop::take(std::vector<SessionRow> rows, const std::vector<DiscSessionRow>& copies) {
    std::vector<Schedule::Claim> claims;
    std::vector<SessionRow> ours;
    for (SessionRow& row : rows) {
        auto claim = schedule_.claim(row.id);
        if (!claim) continue;
        claims.push_back(std::move(*claim));
        ours.push_back(std::move(row));
    }
    if (ours.empty()) return false;
    const Schedule::Busy busy(schedule_, drive_->name());
    BB_CHECK(set_aside_unburnable(ours));
    if (ours.empty()) return true;
    return try_sessions(std::move(ours), copies);
}

Result<std::uint64_t> DriveLoop::estimate(const SessionRow& row) {
    const auto known = estimates_.find(row.id);
    if (known != estimates_.end()) return known->second;
    BB_TRY(const SealedSession sealed, read_seal(services_.state_fs, row));
    return estimates_[row.id] =
               estimate_session_bytes(sealed) + parity_bytes(sealed, services_.config.burn.redundancy);
}

// One that can't be burned by anybody fails now, so that nothing waits for it; one whose files are out of
// reach waits.
Status DriveLoop::set_aside_unburnable(std::vector<SessionRow>& rows) {
    std::vector<SessionRow> good;
    for (SessionRow& row : rows) {
        Status usable = check_payload(services_, row);
        if (usable)
            if (auto bytes = estimate(row); !bytes) usable = std::unexpected(std::move(bytes).error());
        if (usable) {
            good.push_back(std::move(row));
        } else if (usable.error().code == Errc::corrupt) {
            BB_CHECK(fail_session(row, usable.error().message));
        } else {
            reporter_.session_waits(row, usable.error().message);
            waiting_[row.id].failed(services_.clock.steady_now());
        }
    }
    rows = std::move(good);
    return {};
}

// The disc was chosen for the first; the others go with it as far as there is room.
Status DriveLoop::keep_what_fits(std::vector<SessionRow>& rows, const DiscRow& disc) {
    BB_TRY(std::uint64_t taken, context_.trees.bytes_on(disc));
    std::vector<SessionRow> fitting;
    for (SessionRow& row : rows) {
        const std::uint64_t bytes = estimates_.at(row.id);
        const bool suits = !notes_.unsuitable.contains({disc.id, row.id});
        if (!fitting.empty() && (!suits || taken + bytes > disc.free_bytes)) continue;
        taken += bytes;
        fitting.push_back(std::move(row));
    }
    rows = std::move(fitting);
    return {};
}

Result<bool> DriveLoop::try_sessions(std::vector<SessionRow> rows,
                                     const std::vector<DiscSessionRow>& copies) {
    const SessionRow& first = rows.front();
    const std::uint64_t bytes = estimates_.at(first.id);
    const std::uint64_t here = drive_->blank_capacity_bytes();
    const PoolConfig& pool = services_.config.pools.at(first.pool);
    const std::uint64_t elsewhere = schedule_.blank_bytes_for(pool.drives, pool.copies);
    if (here != 0 && bytes > here && (elsewhere == 0 || elsewhere >= bytes)) {
        schedule_.set_cannot_take(drive_->name(), first.id);  // enough drives with larger discs can
        return false;
    }
    auto supply = supply_disc(context_, first, bytes, copies);
    if (supply && supply->met) return true;
    if (supply && !supply->disc) {
        auto changed = change_disc(supply->wanted);
        if (!changed)
            supply = std::unexpected(std::move(changed).error());
        else if (*changed)
            supply = supply_disc(context_, first, bytes, copies);
        if (supply && supply->met) return true;
    }
    if (!supply && supply.error().code == Errc::no_space && supply.error().origin == Origin::unknown) {
        wait_for_disc(first, supply.error());
        return false;
    }
    if (!supply) {
        reporter_.session_waits(first, supply.error().message);
        return std::unexpected(std::move(supply).error());
    }
    if (!supply->disc) {
        wait_for_disc(first, supply->waits, supply->overtaken);
        return false;
    }
    BB_CHECK(keep_what_fits(rows, *supply->disc));
    auto made = make_work(services_, *supply->disc, rows);
    if (!made) return without_work(rows, made.error());
    Work work = std::move(*made);
    reporter_.medium(supply->disc->medium, supply->disc->label);
    reporter_.begin(work.rows, supply->disc->label);
    auto attempted = run_attempt(context_, work, [&] { began(work.rows); });
    reporter_.idle();
    if (!attempted) return std::unexpected(std::move(attempted).error());
    return conclude(work, std::move(*attempted));
}

// What is wrong with a session is never the drive's: it was withdrawn meanwhile, its records are damaged, or
// they can't be read now.
Result<bool> DriveLoop::without_work(const std::vector<SessionRow>& rows, const Error& error) {
    if (error.origin != Origin::session) return std::unexpected(error);
    for (const SessionRow& row : rows) {
        waiting_[row.id].failed(services_.clock.steady_now());
        const auto now = services_.catalogue.session(row.id);
        if (!now || now->state != SessionState::queued) continue;
        const auto sealed = read_seal(services_.state_fs, row);
        if (sealed) continue;
        if (sealed.error().code == Errc::corrupt) {
            BB_CHECK(fail_session(row, sealed.error().message));
        } else {
            reporter_.session_waits(row, sealed.error().message);
        }
    }
    return true;
}

void DriveLoop::wait_for_disc(const SessionRow& row, const Error& reason, const std::string& overtaken) {
    reporter_.session_waits(row, overtaken + reason.message);
    waiting_[row.id].failed(services_.clock.steady_now());
    schedule_.set_cannot_take(drive_->name(), row.id);
    disc_waits_.insert_or_assign(row.id, DiscWait{row, reason});
    tell_disc_waits();
}

}  // namespace burnbox
