// How a drive's work goes on after an attempt: what its outcome means for the session, the disc and the
// drive.
#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/adjudication.hpp"
#include "burner/attempts/meet_disc.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "burner/prepare/seal_proof.hpp"
#include "burner/schedule/burn_job.hpp"
#include "burner/schedule/disc_choice.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostRefusalsOnOneDisc = 3;
constexpr unsigned kMostRefusals = 9;

// Errors that another disc or fewer tries would not change.
bool passes_by_itself(const Error& error) {
    switch (error.code) {
        case Errc::busy:
        case Errc::unreachable:
        case Errc::timeout:
        case Errc::no_medium:
            return true;
        default:
            return false;
    }
}

}  // namespace

Result<bool> DriveLoop::conclude(Work& work, Attempted attempted) {
    switch (attempted.ending) {
        case Ending::done:
            break;
        case Ending::drive_error:
            return std::unexpected(std::move(attempted.error));
        case Ending::untouched:
            return nothing_written(work, attempted);
    }
    rest_.succeeded();
    rests_.clear();
    in_error_ = false;
    if (stopped_.empty()) conditions_.clear(EventKind::drive_error, drive_->name());
    reporter_.drive_waits("");
    for (const SessionRow& row : work.rows) waiting_.erase(row.id), estimates_.erase(row.id);
    return true;
}

Result<bool> DriveLoop::nothing_written(Work& work, const Attempted& attempted) {
    const Error& error = attempted.error;
    const SessionRow& row = work.rows.front();
    if (error.code == Errc::cancelled) return false;
    const bool refused_by_row = error.code == Errc::conflict || error.code == Errc::not_found;
    if (error.origin == Origin::session || (attempted.ours && refused_by_row))
        return session_failed(work.rows, error);
    if (attempted.ours) return std::unexpected(error);
    // A folder that went away while the drive took it is not the drive's: the next turn says what it means.
    if (!std::ranges::all_of(
            work.rows, [&](const SessionRow& each) { return check_payload(services_, each).has_value(); }))
        return true;
    if (error.code == Errc::no_space) {  // for these; a smaller one, or one on another drive, may go on
        for (const SessionRow& each : work.rows) wait_for_disc(each, error);
        return true;
    }
    if (work.rows.size() > 1 && !passes_by_itself(error) && error.code != Errc::wrong_medium) {
        burn_in_smaller_groups(schedule_, work.rows);
        return true;
    }
    if (error.code == Errc::corrupt) {
        BB_CHECK(fail_session(row, error.message));
        return true;
    }
    if (error.code == Errc::disproved) return disproved(work, error);
    if (error.code == Errc::does_not_fit && work.disc.sessions_used == 0) {
        BB_CHECK(fail_session(row, "it does not fit on a blank disc: " + error.message));
        return true;
    }
    if (error.code == Errc::does_not_fit) {
        notes_.unsuitable.emplace(work.disc.id, row.id);
        const auto medium = drive_->inspect();
        if (!medium || medium->label != work.disc.label) return true;
        work.disc.free_bytes = medium->free_bytes;
        work.disc.sessions_left = medium->sessions_left;
        mark_full_when_full(context_, work.disc);
        BB_CHECK(services_.catalogue.update_disc(work.disc));
        tell_when_full(context_, work.disc);
        return true;
    }
    if (error.code == Errc::wrong_medium) {
        const auto medium = drive_->inspect();
        if (medium) {
            BB_TRY(const bool met, meet_disc(context_, *medium));
            if (met) return true;
        }
    }
    // Nobody can put another one into an emulated drive: the image was changed from outside.
    if (error.code == Errc::wrong_medium && drive_->emulated()) {
        mark_suspect(context_, work.disc, Suspicion::changed, error.message);
        BB_CHECK(services_.catalogue.update_disc(work.disc));
        return true;
    }
    if (error.code == Errc::wrong_medium && !drive_->emulated()) {
        wait_for_disc(row, error);
        return true;
    }
    return refused(work, error);
}

// Whether a row is waiting to be burned still; one that was withdrawn may be gone.
Result<bool> DriveLoop::is_still_queued(const SessionRow& row) {
    const auto now = services_.catalogue.session(row.id);
    if (!now && now.error().code == Errc::not_found) return false;
    if (!now) return std::unexpected(now.error());
    if (!row.is_part() || now->state != SessionState::queued) return now->state == SessionState::queued;
    const auto whole = services_.catalogue.session(row.whole);
    if (!whole && whole.error().code != Errc::not_found) return std::unexpected(whole.error());
    return whole && whole->state != SessionState::withdrawn;
}

// Nothing was written, because of the sessions and not of the drive: one was withdrawn meanwhile, which is
// nobody's failure, or its files or records are damaged or can't be read.
Result<bool> DriveLoop::session_failed(const std::vector<SessionRow>& rows, const Error& error) {
    const SteadyTime now = services_.clock.steady_now();
    bool withdrawn = false;
    for (const SessionRow& row : rows) {
        BB_TRY(const bool queued, is_still_queued(row));
        if (queued) continue;
        waiting_[row.id].failed(now);
        withdrawn = true;
    }
    if (withdrawn) return true;
    if (rows.size() > 1) {
        burn_in_smaller_groups(schedule_, rows);
        return true;
    }
    const SessionRow& row = rows.front();
    waiting_[row.id].failed(now);
    if (error.code == Errc::corrupt || ++notes_.session_refusals[row.id] >= kMostRefusals) {
        notes_.session_refusals.erase(row.id);
        BB_CHECK(fail_session(row, error.message));
        return true;
    }
    reporter_.session_waits(row, error.message);
    return true;
}

// What a disc session would show is not what was sealed. Where the session alone is fine, its sum with what
// the disc holds is not: the disc takes no more, and is as good as it was.
Result<bool> DriveLoop::disproved(Work& work, const Error& error) {
    const SessionRow& row = work.rows.front();
    if (work.disc.sessions_used != 0) {
        const auto alone = prove_alone(services_, work.job);
        if (!alone && alone.error().origin == Origin::session)
            return session_failed(work.rows, alone.error());
        if (!alone) return std::unexpected(alone.error());
        if (alone->good()) {
            work.disc.state = DiscState::full;
            work.disc.reason = "takes no more, what is on it is good: " + error.message;
            log::warning("disc takes no more", log::kv("disc", work.disc.label),
                         log::kv("drive", drive_->name()), log::kv(error));
            BB_CHECK(services_.catalogue.update_disc(work.disc));
            tell_when_full(context_, work.disc);
            return true;
        }
    }
    BB_CHECK(fail_session(row, error.message));
    return true;
}

Result<bool> DriveLoop::refused(Work& work, const Error& error) {
    const SessionRow& row = work.rows.front();
    if (!passes_by_itself(error)) {
        if (++notes_.refusals[{work.disc.id, row.id}] >= kMostRefusalsOnOneDisc)
            notes_.unsuitable.emplace(work.disc.id, row.id);
        if (++notes_.session_refusals[row.id] >= kMostRefusals) {
            notes_.session_refusals.erase(row.id);
            BB_CHECK(fail_session(row, error.message));
        }
    }
    reporter_.session_waits(row, error.message);
    return std::unexpected(error);
}

Status DriveLoop::fail_session(const SessionRow& row, const std::string& reason) {
    const Status failed =
        services_.catalogue.step(row.id, SessionState::queued, SessionState::failed, reason);
    const bool withdrawn = !failed && (failed.error().code == Errc::conflict ||  // meanwhile
                                       failed.error().code == Errc::not_found);
    if (!failed && !withdrawn) return failed;
    schedule_.add_ended(row.whole_or_self());
    return {};
}

}  // namespace burnbox
