#include "burner/jobs/settle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/jobs/failure_rules.hpp"
#include "burner/jobs/load_disc.hpp"
#include "burner/jobs/take_in.hpp"
#include "burner/jobs/verifier.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostFailuresOnOneDisc = 2;
constexpr unsigned kMostJudgments = 5;
constexpr unsigned kMostPatientJudgments = 10;  // with the rests between them some ten minutes

// Every third failure needs a person; after `retry` there are three more.
Result<bool> is_last_try(Catalogue& catalogue, const Work& work, const AttemptFailure& now) {
    for (const SessionRow& row : work.rows) {
        BB_TRY(const auto attempts, catalogue.attempts(row.id));
        if (needs_a_person(failures_of(attempts, row.retried_after).and_now(now))) return true;
    }
    return false;
}

// Waiting for the other process helps; blaming the disc does not.
bool says_nothing_about_the_disc(const Error& error) {
    if (shelf_is_away(error)) return true;
    switch (error.code) {
        case Errc::busy:
        case Errc::cancelled:
        case Errc::no_space:
            return true;
        default:
            return false;
    }
}

// The disc is not in the drive, which says nothing about it.
bool is_somewhere_else(const Error& error) {
    return error.code == Errc::no_medium || error.code == Errc::wrong_medium;
}

// The drive or the disc is away, or hangs.
bool is_out_of_reach(const Error& error) {
    switch (error.code) {
        case Errc::no_medium:
        case Errc::wrong_medium:
        case Errc::unreachable:
        case Errc::timeout:
            return true;
        default:
            return false;
    }
}

AttemptFailure failure_of(const Station& station, const AttemptRow& attempt, const Work& work,
                          DiscVerdict verdict) {
    const auto noted = station.notes.causes.find(attempt.id);
    AttemptFailure failure{
        .reason = {}, .cause = AttemptCause::interrupted, .spoiled = verdict == DiscVerdict::suspect};
    if (noted == station.notes.causes.end()) {
        failure.reason =
            fmt::format("interrupted: the burn on disc {} was cut off and begins anew", work.disc.label);
        return failure;
    }
    failure.cause = noted->second.cause;
    failure.reason = noted->second.error.message;
    // In a group one of them is to blame: it is found by burning smaller ones.
    if (failure.cause != AttemptCause::staged_damaged || work.rows.size() <= 1) return failure;
    failure.cause = AttemptCause::together;
    failure.reason.insert(0, "burned together: ");
    return failure;
}

// Another drive of the pool goes on with all of them, soon.
bool another_drive_goes_on(Station& station, const Work& work) {
    return std::ranges::all_of(work.rows, [&](const SessionRow& row) {
        const auto copies = station.services.catalogue.copies(row.id);
        return copies && another_drive_takes(station, row, *copies);
    });
}

// A real disc has no label to be known by until its first disc session is whole.
Status load_known(Station& station, const Work& work) {
    if (!station.drive.emulated() && work.disc.sessions_used == 0) return {};
    return load_disc(station, work.disc);
}

// The disc was blank and a blank one is there: another one may hold half a disc session with this label, or a
// whole one. Nobody can change an emulated disc.
bool is_any_blank(const Station& station, const Work& work) {
    return !station.drive.emulated() && work.disc.sessions_used == 0;
}

// A write on it failed, or what is in the drive has no label any more, and may be it.
bool may_be_spoiled(Station& station, const AttemptRow& attempt) {
    const auto noted = station.notes.causes.find(attempt.id);
    if (noted != station.notes.causes.end() && counts_against_session(noted->second.cause)) return true;
    const auto medium = station.drive.inspect();
    return medium && medium->label.empty() &&
           (medium->state == MediumState::damaged || medium->state == MediumState::foreign);
}

// A session whose burn spoiled a disc waits for a while, on all drives; where the disc is as before the drive
// rests, and another one may go on at once.
void back_off(Station& station, const Work& work, const AttemptFailure& failure, SessionState to) {
    const bool may_be_its_fault = counts_against_session(failure.cause) && failure.spoiled;
    const bool waits = failure.cause == AttemptCause::no_space ||
                       (may_be_its_fault && failure.cause != AttemptCause::out_of_reach);
    for (const SessionRow& row : work.rows) {
        if (to == SessionState::failed)
            station.desk.forget_burn_failures(row.id);
        else if (waits)
            station.desk.burn_failed(row.id, station.services.clock.steady_now());
    }
}

void report_closed(Station& station, const AttemptRow& attempt, const Work& work, SessionState to,
                   const std::string& reason) {
    for (const SessionRow& row : work.rows) {
        log::warning("attempt failed", log::kv("account", row.account), log::kv("session", row.disc_name),
                     log::kv("drive", attempt.drive), log::kv("disc", work.disc.label),
                     log::kv("reason", reason));
        if (to == SessionState::failed)
            station.desk.add_ended(row.whole_or_self());
        else
            station.reporter.session_queued(row, reason);
    }
}

Result<bool> is_unfinished(Catalogue& catalogue, AttemptId id) {
    BB_TRY(const auto attempts, catalogue.unfinished_attempts());
    return std::ranges::find(attempts, id, &AttemptRow::id) != attempts.end();
}

}  // namespace

AttemptCause cause_of(const Error& error) {
    if (shelf_is_away(error)) return AttemptCause::interrupted;
    if (error.code == Errc::corrupt) return AttemptCause::staged_damaged;
    if (error.code == Errc::no_space) return AttemptCause::no_space;
    if (is_somewhere_else(error)) return AttemptCause::disc_gone;
    return is_out_of_reach(error) ? AttemptCause::out_of_reach : AttemptCause::write_error;
}

void note_cause(FailureNotes& notes, AttemptId attempt, AttemptCause cause, Error error) {
    const auto before = notes.causes.find(attempt);
    if (before != notes.causes.end()) {
        error.message += "; before that: " + before->second.error.message;
        cause = before->second.cause;
    }
    notes.causes.insert_or_assign(attempt, FailureNotes::Cause{cause, std::move(error)});
}

void burn_in_smaller_groups(Desk& desk, const std::vector<SessionRow>& rows) {
    for (const SessionRow& row : rows) desk.limit_together(row.id, std::max<std::size_t>(rows.size() / 2, 1));
}

Result<Attempted> close_bad_attempt(Station& station, const AttemptRow& attempt, Work& work,
                                    DiscVerdict verdict) {
    AttemptFailure failure = failure_of(station, attempt, work, verdict);
    if (failure.cause == AttemptCause::together) burn_in_smaller_groups(station.desk, work.rows);
    BB_TRY(const bool give_up, is_last_try(station.services.catalogue, work, failure));
    const bool whoever_is_to_blame = counts_against_session(failure.cause);
    if (whoever_is_to_blame && verdict == DiscVerdict::as_before)
        for (const SessionRow& row : work.rows)
            if (++station.notes.write_failures[{work.disc.id, row.id}] >= kMostFailuresOnOneDisc)
                station.notes.unsuitable.emplace(work.disc.id, row.id);
    DiscRow disc = work.disc;
    // A blank one can't be told from others: whether its label is on it by now is not known.
    const bool label_is_lost =
        verdict == DiscVerdict::away && disc.sessions_used == 0 && !station.places.is_emulated(attempt.drive);
    if (verdict == DiscVerdict::suspect || label_is_lost)
        mark_suspect(station, disc, suspicion_after(failure.cause), failure.reason);
    const SessionState to = give_up ? SessionState::failed : SessionState::queued;
    BB_CHECK(station.services.catalogue.attempt_failed(attempt.id, disc, to, failure));
    work.disc = disc;
    report_closed(station, attempt, work, to, failure.reason);
    back_off(station, work, failure, to);
    Attempted result;
    const auto noted = station.notes.causes.find(attempt.id);
    const bool drive_failed = counts_against_drive(failure.cause) && noted != station.notes.causes.end() &&
                              ((verdict == DiscVerdict::as_before && !give_up) ||
                               (verdict == DiscVerdict::suspect && is_out_of_reach(noted->second.error)));
    if (drive_failed) result = {Ending::drive_error, noted->second.error, false};
    station.notes.causes.erase(attempt.id);
    station.notes.judgments.erase(attempt.id);
    return result;
}

Result<Attempted> judgment_failed(Station& station, const AttemptRow& attempt, Work& work, Error error) {
    if (station.desk.stopping || says_nothing_about_the_disc(error)) return std::unexpected(std::move(error));
    // A person may bring the disc back, a drive may wake up; nobody waits for that when there is another one.
    const bool away = is_out_of_reach(error);
    unsigned most = away ? kMostPatientJudgments : kMostJudgments;
    if (away && another_drive_goes_on(station, work)) most = 1;
    if (++station.notes.judgments[attempt.id] < most) return std::unexpected(std::move(error));
    error.message = fmt::format("disc {} can't be read: {}", work.disc.label, error.message);
    const bool gone = is_somewhere_else(error) && !may_be_spoiled(station, attempt);
    note_cause(station.notes, attempt.id,
               gone   ? AttemptCause::disc_gone
               : away ? AttemptCause::out_of_reach
                      : AttemptCause::unjudged,
               std::move(error));
    return close_bad_attempt(station, attempt, work, gone ? DiscVerdict::away : DiscVerdict::suspect);
}

Result<Attempted> settle_by_contents(Station& station, const AttemptRow& attempt, Work& work) {
    auto taken = take_in_disc(station, work.disc);
    if (!taken) return judgment_failed(station, attempt, work, std::move(taken).error());
    work.disc = *taken;
    BB_TRY(const bool unfinished, is_unfinished(station.services.catalogue, attempt.id));
    const bool blamed = work.disc.state == DiscState::suspect && station.notes.causes.contains(attempt.id);
    if (unfinished)
        return close_bad_attempt(station, attempt, work,
                                 blamed ? DiscVerdict::suspect : DiscVerdict::as_before);
    station.notes.causes.erase(attempt.id);
    station.notes.judgments.erase(attempt.id);
    return Attempted{};
}

Result<Attempted> settle_attempt(Station& station, AttemptRow attempt, Work& work) {
    if (station.desk.stopping)
        return fail(Errc::cancelled, "judge " + work.disc.label + ": burnbox is stopping");
    if (auto loaded = load_known(station, work); !loaded) {
        if (loaded.error().code != Errc::not_found)
            return judgment_failed(station, attempt, work, std::move(loaded).error());
        note_cause(station.notes, attempt.id, AttemptCause::disc_gone, std::move(loaded).error());
        return close_bad_attempt(station, attempt, work, DiscVerdict::away);
    }
    auto outcome = station.drive.settle(work.job, attempt.disc_session, attempt.start_lba);
    if (!outcome) return judgment_failed(station, attempt, work, std::move(outcome).error());
    switch (*outcome) {
        case Drive::Outcome::untouched:
            if (is_any_blank(station, work))
                mark_suspect(
                    station, work.disc, Suspicion::unjudged,
                    fmt::format(
                        "a blank disc is in drive {} after the burn on disc {} was cut off: whether it "
                        "is the same one can't be seen, so the label is not used again",
                        station.drive.name(), work.disc.label));
            return close_bad_attempt(station, attempt, work, DiscVerdict::as_before);
        case Drive::Outcome::holds_more:
            return settle_by_contents(station, attempt, work);
        case Drive::Outcome::damaged:
            return close_bad_attempt(station, attempt, work, DiscVerdict::suspect);
        case Drive::Outcome::written:
            if (work.sealed.empty()) return settle_by_contents(station, attempt, work);
            break;
    }
    if (attempt.state == AttemptState::writing) {
        const auto cause = station.notes.causes.find(attempt.id);
        const std::string said = cause == station.notes.causes.end() ? "" : cause->second.error.message;
        BB_CHECK(
            station.services.catalogue.attempt_written(attempt.id, attempt.start_lba, attempt.blocks, said));
        attempt.state = AttemptState::verifying;
    }
    return verify_attempt(station, attempt, work);
}

}  // namespace burnbox
