#include "burner/jobs/settle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/jobs/plain_words.hpp"
#include "burner/jobs/verifier.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kInterrupted = "interrupted: ";
constexpr std::string_view kTogether = "burned together: ";
constexpr unsigned kMostFailures = 3;
constexpr unsigned kMostFailuresOnOneDisc = 2;
constexpr unsigned kMostJudgments = 5;
constexpr unsigned kMostPatientJudgments = 10;  // with the rests between them some ten minutes

bool counts_as_failure(const AttemptRow& attempt) {
    return attempt.state == AttemptState::failed &&
           attempt.messages.find(kInterrupted) == std::string::npos &&
           attempt.messages.find(kTogether) == std::string::npos;
}

// Every third failure needs a person; after `retry` there are three more.
Result<bool> is_last_try(Catalogue& catalogue, const Work& work) {
    for (const SessionRow& row : work.rows) {
        BB_TRY(const auto attempts, catalogue.attempts(row.id));
        const auto failures = static_cast<unsigned>(std::ranges::count_if(attempts, counts_as_failure));
        if ((failures + 1) % kMostFailures == 0) return true;
    }
    return false;
}

// Waiting for the other process helps; blaming the disc does not.
bool says_nothing_about_the_disc(const Error& error) {
    switch (error.code) {
        case Errc::busy:
        case Errc::cancelled:
        case Errc::no_space:
            return true;
        default:
            return false;
    }
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

// Another drive of the pool goes on with all of them, soon.
bool another_drive_goes_on(Station& station, const Work& work) {
    const SteadyTime now = station.services.clock.steady_now();
    return std::ranges::all_of(work.rows, [&](const SessionRow& row) {
        const auto copies = station.services.catalogue.copies(row.id);
        if (!copies) return false;
        const auto pool = station.services.config.pools.find(row.pool);
        if (pool == station.services.config.pools.end()) return false;
        return std::ranges::any_of(pool->second.drives, [&](const std::string& drive) {
            return drive != station.drive.name() && station.desk.will_take(drive, row.id, now) &&
                   std::ranges::find(*copies, drive, &DiscSessionRow::drive) == copies->end();
        });
    });
}

// A real disc has no label to be known by until its first disc session is whole.
Status load_known(Station& station, const Work& work) {
    if (!station.drive.emulated() && work.disc.sessions_used == 0) return {};
    return station.drive.load(work.disc.label);
}

// The disc was blank and a blank one is there: another one may hold half a disc session with this label, or a
// whole one. Nobody can change an emulated disc.
bool is_any_blank(const Station& station, const Work& work) {
    return !station.drive.emulated() && work.disc.sessions_used == 0;
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

}  // namespace

void note_cause(FailureNotes& notes, AttemptId attempt, Error cause) {
    const auto before = notes.causes.find(attempt);
    if (before != notes.causes.end()) cause.message += "; before that: " + before->second.message;
    notes.causes.insert_or_assign(attempt, std::move(cause));
}

void burn_in_smaller_groups(Desk& desk, const std::vector<SessionRow>& rows) {
    for (const SessionRow& row : rows) desk.limit_together(row.id, std::max<std::size_t>(rows.size() / 2, 1));
}

Result<Attempted> close_bad_attempt(Station& station, const AttemptRow& attempt, Work& work,
                                    DiscVerdict verdict) {
    const auto noted = station.notes.causes.find(attempt.id);
    const bool interrupted = noted == station.notes.causes.end();
    std::string reason = interrupted ? fmt::format("{}the burn on disc {} was cut off and begins anew",
                                                   kInterrupted, work.disc.label)
                                     : noted->second.message;
    // In a group one of them is to blame: it is found by burning smaller ones.
    const bool damaged = !interrupted && noted->second.code == Errc::corrupt;
    const bool split = damaged && work.rows.size() > 1;
    if (split) {
        reason.insert(0, kTogether);
        burn_in_smaller_groups(station.desk, work.rows);
    }
    bool give_up = damaged && !split;
    if (!interrupted && !damaged) {
        BB_TRY(give_up, is_last_try(station.services.catalogue, work));
    }
    if (!interrupted && !damaged && verdict == DiscVerdict::as_before)
        for (const SessionRow& row : work.rows)
            if (++station.notes.write_failures[{work.disc.id, row.id}] >= kMostFailuresOnOneDisc)
                station.notes.unsuitable.emplace(work.disc.id, row.id);
    DiscRow disc = work.disc;
    if (verdict == DiscVerdict::suspect) mark_suspect(disc, reason);
    const SessionState to = give_up ? SessionState::failed : SessionState::queued;
    BB_CHECK(station.services.catalogue.attempt_failed(attempt.id, disc, to, reason));
    work.disc = disc;
    report_closed(station, attempt, work, to, reason);
    Attempted result;
    const bool drive_failed =
        !interrupted && !damaged &&
        ((verdict == DiscVerdict::as_before && !give_up) || is_out_of_reach(noted->second));
    if (drive_failed) result = {Ending::drive_error, noted->second, false};
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
    error.message = fmt::format("disc {} can't be read: {}", work.disc.label, in_plain_words(error.message));
    note_cause(station.notes, attempt.id, std::move(error));
    return close_bad_attempt(station, attempt, work, DiscVerdict::suspect);
}

Result<Attempted> settle_attempt(Station& station, AttemptRow attempt, Work& work) {
    if (auto loaded = load_known(station, work); !loaded) {
        if (loaded.error().code != Errc::not_found)
            return judgment_failed(station, attempt, work, std::move(loaded).error());
        station.notes.causes.emplace(
            attempt.id, std::move(loaded).error());  // the disc is gone: nothing to judge, nothing to trust
        return close_bad_attempt(station, attempt, work, DiscVerdict::suspect);
    }
    auto outcome = station.drive.settle(work.job, attempt.disc_session, attempt.start_lba);
    if (!outcome) return judgment_failed(station, attempt, work, std::move(outcome).error());
    switch (*outcome) {
        case Drive::Outcome::untouched:
            if (is_any_blank(station, work))
                mark_suspect(
                    work.disc,
                    fmt::format(
                        "a blank disc is in drive {} after the burn on disc {} was cut off: whether it "
                        "is the same one can't be seen, so the label is not used again",
                        station.drive.name(), work.disc.label));
            return close_bad_attempt(station, attempt, work, DiscVerdict::as_before);
        case Drive::Outcome::damaged:
            return close_bad_attempt(station, attempt, work, DiscVerdict::suspect);
        case Drive::Outcome::written:
            break;
    }
    if (attempt.state == AttemptState::writing) {
        const auto cause = station.notes.causes.find(attempt.id);
        const std::string said = cause == station.notes.causes.end() ? "" : cause->second.message;
        BB_CHECK(
            station.services.catalogue.attempt_written(attempt.id, attempt.start_lba, attempt.blocks, said));
        attempt.state = AttemptState::verifying;
    }
    return verify_attempt(station, attempt, work);
}

}  // namespace burnbox
