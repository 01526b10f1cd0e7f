// What waits for a drive, told to people: the signals of a drive that needs another disc or fails, and the
// reasons in the sessions' STATUS.txt. A try that fails again changes none of it.
#include <algorithm>

#include "burner/jobs/drive_loop.hpp"
#include "burner/schedule/failure_rules.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

EventKind condition_of(const Error& reason) {
    return reason.code == Errc::wrong_medium ? EventKind::wrong_medium : EventKind::no_disc;
}

}  // namespace

// Each of the two signals stands as long as anybody waits for that, and speaks of who has waited longest.
void DriveLoop::tell_disc_waits() {
    for (const EventKind condition : {EventKind::no_disc, EventKind::wrong_medium}) {
        const auto first = std::ranges::find_if(
            disc_waits_, [&](const auto& wait) { return condition == condition_of(wait.second.reason); });
        if (first == disc_waits_.end()) {
            conditions_.clear(condition, drive_->name());
            continue;
        }
        const auto& [row, reason] = first->second;
        if (!raise(context_, condition, row, "", reason.message)) continue;
        log::warning(condition == EventKind::no_disc ? "no disc" : "wrong medium",
                     log::kv("drive", drive_->name()), log::kv("session", row.disc_name),
                     log::kv("reason", reason.message));
    }
}

// The first byte is about to be written: a disc with room is in, and the drive works.
void DriveLoop::began(const std::vector<SessionRow>& rows) {
    for (const SessionRow& row : rows) disc_waits_.erase(row.id);
    tell_disc_waits();
    conditions_.clear(EventKind::disc_full, drive_->name());
    if (const Status taken = take_reason_back(); !taken)
        log::warning("reason not stored", log::kv("drive", drive_->name()), log::kv(taken.error()));
}

void DriveLoop::tell_if_folder_is_away(const SessionRow& row) {
    const auto pool = services_.config.pools.find(row.pool);
    if (pool == services_.config.pools.end() || std::ranges::count(pool->second.drives, drive_->name()) == 0)
        return;
    if (const auto fs = services_.inbox.fs_of(row); !fs) {
        folder_waits_[row.id] = fs.error().message;
        return reporter_.session_waits(row, fs.error().message);
    }
    const auto told = folder_waits_.extract(row.id);
    if (told && told.mapped() == row.reason) reporter_.session_waits(row, "");
}

// A drive that failed, and that nobody waits for any more, is in error until it answers; one whose last burn
// failed, until one is good.
Status DriveLoop::nothing_to_burn(const std::vector<SessionRow>& queue) {
    tell_disc_waits();
    const bool wanted =
        std::ranges::any_of(queue, [&](const SessionRow& row) { return is_for_this_drive(row); });
    if (!rests_.empty() && !(in_error_ && wanted)) {
        BB_CHECK(drive_->check_shelf());
        if (in_error_) BB_CHECK(drive_->inspect());
        BB_TRY(const auto attempts, services_.catalogue.attempts_on_drive(drive_->name()));
        const bool burns_badly = !attempts.empty() && attempts.front().state == AttemptState::failed &&
                                 counts_against_drive(attempts.front().cause);
        if (!in_error_ || !burns_badly) {
            rest_.succeeded();
            rests_.clear();
        }
        if (rests_.empty() && std::exchange(in_error_, false))
            conditions_.clear(EventKind::drive_error, drive_->name());
    }
    reporter_.drive_waits(in_error_             ? rests_
                          : disc_waits_.empty() ? ""
                                                : disc_waits_.begin()->second.reason.message);
    return {};
}

// Queued, or in an attempt of this drive that is to be judged yet.
Status DriveLoop::tell_who_waits(const std::string& reason) {
    told_reason_ = reason;
    BB_TRY(const auto queue, services_.catalogue.burn_queue());
    for (const SessionRow& row : queue) {
        tell_if_folder_is_away(row);
        if (!is_for_this_drive(row)) continue;
        BB_TRY(const auto copies, services_.catalogue.copies(row.id));
        if (!another_drive_takes(context_, row, copies)) reporter_.session_waits(row, reason);
    }
    BB_TRY(const auto attempts, services_.catalogue.unfinished_attempts());
    for (const AttemptRow& attempt : attempts) {
        if (attempt.drive != drive_->name()) continue;
        for (const SessionId session : attempt.sessions) {
            BB_TRY(const SessionRow row, services_.catalogue.session(session));
            reporter_.session_waits(row, reason);
        }
    }
    return {};
}

Status DriveLoop::take_reason_back() {
    const std::string told = std::exchange(told_reason_, "");
    if (told.empty()) return {};
    BB_TRY(const auto queue, services_.catalogue.burn_queue());
    for (const SessionRow& row : queue)
        if (row.reason == told) reporter_.session_waits(row, "");
    return {};
}

}  // namespace burnbox
