#include "burner/turn/session_outcome.hpp"

#include <algorithm>

#include "burner/attempts/adjudication.hpp"
#include "burner/discs/refused_disc.hpp"
#include "burner/finish/closed_staging.hpp"
#include "burner/prepare/seal_proof.hpp"
#include "burner/rules/failure_rules.hpp"
#include "burner/schedule/burn_job.hpp"
#include "common/base/log.hpp"

namespace burnbox {

bool SessionOutcome::all_files_are_there(const std::vector<SessionRow>& rows) const {
    return std::ranges::all_of(
        rows, [&](const SessionRow& row) { return check_payload(context_.services, row).has_value(); });
}

Result<bool> SessionOutcome::nothing_written(Work& work, const Attempted& attempted) {
    const Error& error = attempted.error;
    const SessionRow& row = work.rows.front();
    switch (after_nothing_written({.error = error,
                                   .ours = attempted.ours,
                                   .sessions = work.rows.size(),
                                   .all_files_there = all_files_are_there(work.rows),
                                   .disc_is_blank = work.disc.sessions_used == 0})) {
        case Unwritten::stop:
            return false;
        case Unwritten::session:
            BB_CHECK(session_failed(work.rows, error));
            break;
        case Unwritten::catalogue:
            return std::unexpected(error);
        case Unwritten::think_again:
            break;
        case Unwritten::no_space:
            for (const SessionRow& each : work.rows) waits_.for_disc(each, error, error.message);
            break;
        case Unwritten::halve:
            burn_in_smaller_groups(context_.schedule, work.rows);
            break;
        case Unwritten::damaged:
            BB_CHECK(fail_session(row, error.message));
            break;
        case Unwritten::disproved:
            BB_CHECK(disproved(work, error));
            break;
        case Unwritten::too_large:
            BB_CHECK(fail_session(row, "it does not fit on a blank disc: " + error.message));
            break;
        case Unwritten::less_room:
            BB_CHECK(has_less_room(work));
            break;
        case Unwritten::other_disc:
            BB_CHECK(other_disc_is_in(work, error));
            break;
        case Unwritten::drive_refuses:
            BB_CHECK(refused(work, error));
    }
    return true;
}

Status SessionOutcome::has_less_room(Work& work) {
    context_.notes.unsuitable.emplace(work.disc.id, work.rows.front().id);
    const auto medium = context_.drive.inspect();
    if (!medium || medium->label != work.disc.label) return {};
    work.disc.free_bytes = medium->free_bytes;
    work.disc.sessions_left = medium->sessions_left;
    mark_full_when_full(context_, work.disc);
    BB_CHECK(context_.services.catalogue.update_disc(work.disc));
    tell_when_full(context_, work.disc);
    return {};
}

Status SessionOutcome::other_disc_is_in(Work& work, const Error& error) {
    BB_TRY(const bool judged, judge_refused_disc(context_, work.disc, error));
    if (!judged) waits_.for_disc(work.rows.front(), error, error.message);
    return {};
}

// Whether a row is waiting to be burned still; one that was withdrawn may be gone.
Result<bool> SessionOutcome::is_still_queued(const SessionRow& row) {
    const auto now = context_.services.catalogue.session(row.id);
    if (!now && now.error().code == Errc::not_found) return false;
    if (!now) return std::unexpected(now.error());
    if (!row.is_part() || now->state != SessionState::queued) return now->state == SessionState::queued;
    const auto whole = context_.services.catalogue.session(row.whole);
    if (!whole && whole.error().code != Errc::not_found) return std::unexpected(whole.error());
    return whole && whole->state != SessionState::withdrawn;
}

// Nothing was written, because of the sessions and not of the drive: one was withdrawn meanwhile, which is
// nobody's failure, or its files or records are damaged or can't be read.
Status SessionOutcome::session_failed(const std::vector<SessionRow>& rows, const Error& error) {
    bool withdrawn = false;
    for (const SessionRow& row : rows) {
        BB_TRY(const bool queued, is_still_queued(row));
        if (queued) continue;
        rest(context_, row);
        withdrawn = true;
    }
    if (withdrawn) return {};
    if (rows.size() > 1) {
        burn_in_smaller_groups(context_.schedule, rows);
        return {};
    }
    const SessionRow& row = rows.front();
    rest(context_, row);
    if (error.code == Errc::corrupt || ++context_.notes.session_refusals[row.id] >= kMostRefusals) {
        context_.notes.session_refusals.erase(row.id);
        BB_CHECK(fail_session(row, error.message));
        return {};
    }
    const auto closed = what_is_closed(context_.services, row);
    const std::string reason = closed ? error.message + ": " + *closed : error.message;
    context_.reporter.session_waits(row, reason);
    context_.schedule.needs_person(row.id, reason);
    return {};
}

// What is wrong with a session is never the drive's: it was withdrawn meanwhile, its records are damaged, or
// they can't be read now.
Status SessionOutcome::without_work(const std::vector<SessionRow>& rows, const Error& error) {
    if (error.origin != Origin::session) return std::unexpected(error);
    for (const SessionRow& row : rows) {
        rest(context_, row);
        const auto now = context_.services.catalogue.session(row.id);
        if (!now || now->state != SessionState::queued) continue;
        const auto sealed = read_seal(context_.services.state_fs, row);
        if (sealed) continue;
        if (sealed.error().code == Errc::corrupt) {
            BB_CHECK(fail_session(row, sealed.error().message));
        } else {
            context_.reporter.session_waits(row, sealed.error().message);
            context_.schedule.needs_person(row.id, sealed.error().message);
        }
    }
    return {};
}

// What a disc session would show is not what was sealed. Where the session alone is fine, its sum with what
// the disc holds is not: the disc takes no more, and is as good as it was.
Status SessionOutcome::disproved(Work& work, const Error& error) {
    const SessionRow& row = work.rows.front();
    if (work.disc.sessions_used != 0) {
        const auto alone = prove_alone(context_.services, work.job);
        if (!alone && alone.error().origin == Origin::session)
            return session_failed(work.rows, alone.error());
        if (!alone) return std::unexpected(alone.error());
        if (alone->good()) {
            work.disc.state = DiscState::full;
            work.disc.reason = "takes no more, what is on it is good: " + error.message;
            log::warning("disc takes no more", log::kv("disc", work.disc.label),
                         log::kv("drive", context_.drive.name()), log::kv(error));
            BB_CHECK(context_.services.catalogue.update_disc(work.disc));
            tell_when_full(context_, work.disc);
            return {};
        }
    }
    BB_CHECK(fail_session(row, error.message));
    return {};
}

Status SessionOutcome::refused(const Work& work, const Error& error) {
    const SessionRow& row = work.rows.front();
    if (!passes_by_itself(error)) {
        if (++context_.notes.refusals[{work.disc.id, row.id}] >= kMostRefusalsOnOneDisc)
            context_.notes.unsuitable.emplace(work.disc.id, row.id);
        if (++context_.notes.session_refusals[row.id] >= kMostRefusals) {
            context_.notes.session_refusals.erase(row.id);
            BB_CHECK(fail_session(row, error.message));
        }
    }
    context_.reporter.session_waits(row, error.message);
    return std::unexpected(error);
}

Status SessionOutcome::fail_session(const SessionRow& row, const std::string& reason) {
    const Status failed =
        context_.services.catalogue.step(row.id, SessionState::queued, SessionState::failed, reason);
    const bool withdrawn = !failed && (failed.error().code == Errc::conflict ||  // meanwhile
                                       failed.error().code == Errc::not_found);
    if (!failed && !withdrawn) return failed;
    context_.schedule.add_ended(row.whole_or_self());
    return {};
}

}  // namespace burnbox
