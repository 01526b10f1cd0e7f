#include "burner/attempts/adjudication.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "burner/attempts/load_disc.hpp"
#include "burner/attempts/take_in.hpp"
#include "burner/attempts/verifier.hpp"
#include "burner/rules/failure_rules.hpp"
#include "common/base/log.hpp"
#include "common/catalogue/copy_rules.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostFailuresOnOneDisc = 2;
constexpr unsigned kMostJudgments = 5;
constexpr unsigned kMostPatientJudgments = 10;  // with the rests between them some ten minutes

using Sessions = std::set<SessionId>;

// Those whose last try it was: each has three, with whichever others it was burned; after `retry` three more.
Result<Sessions> who_needs_a_person(Catalogue& catalogue, const Work& work, const AttemptFailure& now) {
    Sessions sessions;
    for (const SessionRow& row : work.rows) {
        BB_TRY(const auto attempts, catalogue.attempts(row.id));
        if (needs_a_person(failures_of(attempts, row.retried_after).and_now(now))) sessions.insert(row.id);
    }
    return sessions;
}

// The disc is not in the drive, which says nothing about it.
bool is_somewhere_else(const Error& error) {
    return kind_of(error) == ErrorKind::elsewhere;
}

AttemptFailure failure_of(const AttemptContext& context, const AttemptRow& attempt, const Work& work,
                          DiscVerdict verdict) {
    const auto noted = context.notes.causes.find(attempt.id);
    AttemptFailure failure{
        .reason = {}, .cause = AttemptCause::interrupted, .spoiled = verdict == DiscVerdict::suspect};
    if (noted == context.notes.causes.end()) {
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
bool another_drive_goes_on(AttemptContext& context, const Work& work) {
    return std::ranges::all_of(work.rows, [&](const SessionRow& row) {
        const auto copies = counting_copies(context.services.catalogue, row.id);
        return copies && another_drive_takes(context, row, *copies);
    });
}

// A real disc has no label to be known by until its first disc session is whole.
Status load_known(AttemptContext& context, const Work& work) {
    if (!context.drive.emulated() && work.disc.sessions_used == 0) return {};
    return load_disc(context, work.disc, HeadNoted::older);
}

// The disc was blank and a blank one is there: another one may hold half a disc session with this label, or a
// whole one. Nobody can change an emulated disc.
bool is_any_blank(const AttemptContext& context, const Work& work) {
    return !context.drive.emulated() && work.disc.sessions_used == 0;
}

// A write on it failed, or what is in the drive has no label any more, and may be it.
bool may_be_spoiled(AttemptContext& context, const AttemptRow& attempt) {
    const auto noted = context.notes.causes.find(attempt.id);
    if (noted != context.notes.causes.end() && counts_against_session(noted->second.cause)) return true;
    const auto medium = context.drive.inspect();
    return medium && medium->label.empty() &&
           (medium->state == MediumState::damaged || medium->state == MediumState::foreign);
}

// A session whose burn spoiled a disc waits for a while, on all drives; where the disc is as before the drive
// rests, and another one may go on at once.
void back_off(AttemptContext& context, const Work& work, const AttemptFailure& failure,
              const Sessions& given_up) {
    const bool may_be_its_fault = counts_against_session(failure.cause) && failure.spoiled;
    const bool waits = failure.cause == AttemptCause::no_space ||
                       (may_be_its_fault && failure.cause != AttemptCause::out_of_reach);
    for (const SessionRow& row : work.rows) {
        if (given_up.contains(row.id))
            context.schedule.forget_burn_failures(row.id);
        else if (waits)
            context.schedule.burn_failed(row.id, context.services.clock.steady_now());
    }
}

void report_closed(AttemptContext& context, const AttemptRow& attempt, const Work& work,
                   const Sessions& given_up, const std::string& reason) {
    for (const SessionRow& row : work.rows) {
        log::warning("attempt failed", log::kv("account", row.account), log::kv("session", row.disc_name),
                     log::kv("drive", attempt.drive), log::kv("disc", work.disc.label),
                     log::kv("reason", reason));
        if (given_up.contains(row.id))
            context.schedule.add_ended(row.whole_or_self());
        else
            context.reporter.session_queued(row, reason);
    }
}

Result<bool> is_unfinished(Catalogue& catalogue, AttemptId id) {
    BB_TRY(const auto attempts, catalogue.unfinished_attempts());
    return std::ranges::find(attempts, id, &AttemptRow::id) != attempts.end();
}

// The drive has written into an image that something else changed meanwhile. Before anything more is burned
// on it, all of it is read back.
Result<Attempted> close_doubtful_attempt(AttemptContext& context, const AttemptRow& attempt, Work& work) {
    const auto noted = context.notes.causes.find(attempt.id);
    std::string what = fmt::format(
        "something else changed the image of disc {} while it was written: blocks of what was burned before "
        "are missing, so all of it is read back",
        work.disc.label);
    if (noted != context.notes.causes.end()) what += "; before that: " + noted->second.error.message;
    context.notes.causes.insert_or_assign(
        attempt.id,
        FailureNotes::Cause{AttemptCause::image_changed, Error{Errc::corrupt, 0, std::move(what)}});
    context.notes.look_again.insert(work.disc.serial);
    return close_bad_attempt(context, attempt, work, DiscVerdict::suspect);
}

}  // namespace

void note_cause(FailureNotes& notes, AttemptId attempt, AttemptCause cause, Error error) {
    const auto before = notes.causes.find(attempt);
    if (before != notes.causes.end()) {
        error.message += "; before that: " + before->second.error.message;
        cause = before->second.cause;
    }
    notes.causes.insert_or_assign(attempt, FailureNotes::Cause{cause, std::move(error)});
}

void burn_in_smaller_groups(Schedule& schedule, const std::vector<SessionRow>& rows) {
    for (const SessionRow& row : rows)
        schedule.limit_together(row.id, std::max<std::size_t>(rows.size() / 2, 1));
}

Result<Attempted> close_bad_attempt(AttemptContext& context, const AttemptRow& attempt, Work& work,
                                    DiscVerdict verdict) {
    AttemptFailure failure = failure_of(context, attempt, work, verdict);
    if (failure.cause == AttemptCause::together) burn_in_smaller_groups(context.schedule, work.rows);
    BB_TRY(const Sessions given_up, who_needs_a_person(context.services.catalogue, work, failure));
    const bool whoever_is_to_blame = counts_against_session(failure.cause);
    if (whoever_is_to_blame && verdict == DiscVerdict::as_before)
        for (const SessionRow& row : work.rows)
            if (++context.notes.write_failures[{work.disc.id, row.id}] >= kMostFailuresOnOneDisc)
                context.notes.unsuitable.emplace(work.disc.id, row.id);
    DiscRow disc = work.disc;
    // A blank one can't be told from others: whether its label is on it by now is not known.
    const bool label_is_lost =
        verdict == DiscVerdict::away && disc.sessions_used == 0 && !context.places.is_emulated(attempt.drive);
    if (verdict == DiscVerdict::suspect || label_is_lost)
        mark_suspect(context, disc, suspicion_after(failure.cause), failure.reason);
    BB_CHECK(context.services.catalogue.attempt_failed(attempt.id, disc, given_up, failure));
    work.disc = disc;
    report_closed(context, attempt, work, given_up, failure.reason);
    back_off(context, work, failure, given_up);
    Attempted result;
    const auto noted = context.notes.causes.find(attempt.id);
    const bool goes_on = given_up.size() < work.rows.size();
    const bool drive_failed = counts_against_drive(failure.cause) && noted != context.notes.causes.end() &&
                              ((verdict == DiscVerdict::as_before && goes_on) ||
                               (verdict == DiscVerdict::suspect && is_out_of_reach(noted->second.error)));
    if (drive_failed) result = {Ending::drive_error, noted->second.error, false};
    context.notes.causes.erase(attempt.id);
    context.notes.judgments.erase(attempt.id);
    return result;
}

Result<Attempted> judgment_failed(AttemptContext& context, const AttemptRow& attempt, Work& work,
                                  Error error) {
    if (context.schedule.stopping || says_nothing_about_the_disc(error))
        return std::unexpected(std::move(error));
    // A person may bring the disc back, a drive may wake up; nobody waits for that when there is another one.
    const bool away = is_out_of_reach(error);
    unsigned most = away ? kMostPatientJudgments : kMostJudgments;
    if (away && another_drive_goes_on(context, work)) most = 1;
    if (++context.notes.judgments[attempt.id] < most) return std::unexpected(std::move(error));
    error.message = fmt::format("disc {} can't be read: {}", work.disc.label, error.message);
    const bool gone = is_somewhere_else(error) && !may_be_spoiled(context, attempt);
    note_cause(context.notes, attempt.id,
               gone   ? AttemptCause::disc_gone
               : away ? AttemptCause::out_of_reach
                      : AttemptCause::unjudged,
               std::move(error));
    return close_bad_attempt(context, attempt, work, gone ? DiscVerdict::away : DiscVerdict::suspect);
}

Result<Attempted> adjudicate_by_contents(AttemptContext& context, const AttemptRow& attempt, Work& work) {
    auto taken = take_in_disc(context, work.disc);
    if (!taken) return judgment_failed(context, attempt, work, std::move(taken).error());
    work.disc = *taken;
    BB_TRY(const bool unfinished, is_unfinished(context.services.catalogue, attempt.id));
    const bool blamed = work.disc.state == DiscState::suspect && context.notes.causes.contains(attempt.id);
    if (unfinished)
        return close_bad_attempt(context, attempt, work,
                                 blamed ? DiscVerdict::suspect : DiscVerdict::as_before);
    context.notes.causes.erase(attempt.id);
    context.notes.judgments.erase(attempt.id);
    return Attempted{};
}

Result<Attempted> adjudicate_attempt(AttemptContext& context, AttemptRow attempt, Work& work) {
    if (context.schedule.stopping)
        return fail(Errc::cancelled, "judge " + work.disc.label + ": burnbox is stopping");
    if (auto loaded = load_known(context, work); !loaded) {
        if (loaded.error().code != Errc::not_found)
            return judgment_failed(context, attempt, work, std::move(loaded).error());
        note_cause(context.notes, attempt.id, AttemptCause::disc_gone, std::move(loaded).error());
        return close_bad_attempt(context, attempt, work, DiscVerdict::away);
    }
    auto outcome = context.drive.adjudicate(work.job, attempt.disc_session, attempt.start_lba);
    if (!outcome) return judgment_failed(context, attempt, work, std::move(outcome).error());
    switch (*outcome) {
        case Drive::Outcome::untouched:
            if (is_any_blank(context, work))
                mark_suspect(
                    context, work.disc, Suspicion::unjudged,
                    fmt::format(
                        "a blank disc is in drive {} after the burn on disc {} was cut off: whether it "
                        "is the same one can't be seen, so the label is not used again",
                        context.drive.name(), work.disc.label));
            return close_bad_attempt(context, attempt, work, DiscVerdict::as_before);
        case Drive::Outcome::holds_more:
            return adjudicate_by_contents(context, attempt, work);
        case Drive::Outcome::damaged:
            return close_bad_attempt(context, attempt, work, DiscVerdict::suspect);
        case Drive::Outcome::doubtful:
            return close_doubtful_attempt(context, attempt, work);
        case Drive::Outcome::written:
            if (work.sealed.empty()) return adjudicate_by_contents(context, attempt, work);
            break;
    }
    if (attempt.state == AttemptState::writing) {
        const auto cause = context.notes.causes.find(attempt.id);
        const std::string said = cause == context.notes.causes.end() ? "" : cause->second.error.message;
        BB_CHECK(
            context.services.catalogue.attempt_written(attempt.id, attempt.start_lba, attempt.blocks, said));
        attempt.state = AttemptState::verifying;
    }
    return verify_attempt(context, attempt, work);
}

}  // namespace burnbox
