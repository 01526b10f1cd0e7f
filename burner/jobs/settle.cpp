#include "burner/jobs/settle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/jobs/verifier.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kInterrupted = "interrupted: ";
constexpr unsigned kMostFailures = 3;
constexpr unsigned kMostJudgments = 5;

bool counts_as_failure(const AttemptRow& attempt) {
    return attempt.state == AttemptState::failed && attempt.messages.find(kInterrupted) == std::string::npos;
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

// Waiting for a person or for the other process helps; blaming the disc does not.
bool says_nothing_about_the_disc(const Error& error) {
    switch (error.code) {
        case Errc::no_medium:
        case Errc::wrong_medium:
        case Errc::unreachable:
        case Errc::busy:
        case Errc::cancelled:
        case Errc::no_space:
            return true;
        default:
            return false;
    }
}

void report_closed(Station& station, const AttemptRow& attempt, const Work& work, SessionState to,
                   const std::string& reason) {
    for (const SessionRow& row : work.rows) {
        log::warning("attempt failed", log::kv("account", row.account), log::kv("session", row.disc_name),
                     log::kv("drive", attempt.drive), log::kv("disc", work.disc.label),
                     log::kv("reason", reason));
        if (to == SessionState::failed)
            station.desk.add_ended(row.id);
        else
            station.reporter.session_queued(row, reason);
    }
}

}  // namespace

Result<Attempted> close_bad_attempt(Station& station, const AttemptRow& attempt, Work& work,
                                    DiscVerdict verdict) {
    const auto noted = station.notes.causes.find(attempt.id);
    const bool interrupted = noted == station.notes.causes.end();
    const std::string reason = interrupted ? fmt::format("{}the burn on disc {} was cut off and begins anew",
                                                         kInterrupted, work.disc.label)
                                           : noted->second.message;
    bool give_up = !interrupted && noted->second.code == Errc::corrupt;
    if (!interrupted && !give_up) {
        BB_TRY(give_up, is_last_try(station.services.catalogue, work));
    }
    DiscRow disc = work.disc;
    if (verdict == DiscVerdict::suspect) mark_suspect(disc, reason);
    const SessionState to = give_up ? SessionState::failed : SessionState::queued;
    BB_CHECK(station.services.catalogue.attempt_failed(attempt.id, disc, to, reason));
    work.disc = disc;
    report_closed(station, attempt, work, to, reason);
    Attempted result;
    if (!interrupted && !give_up && verdict == DiscVerdict::as_before)
        result = {Ending::drive_error, noted->second, false};
    station.notes.causes.erase(attempt.id);
    station.notes.judgments.erase(attempt.id);
    return result;
}

Result<Attempted> judgment_failed(Station& station, const AttemptRow& attempt, Work& work, Error error) {
    if (station.desk.stopping || says_nothing_about_the_disc(error)) return std::unexpected(std::move(error));
    if (++station.notes.judgments[attempt.id] < kMostJudgments) return std::unexpected(std::move(error));
    error.message = fmt::format("disc {} can't be read: {}", work.disc.label, error.message);
    station.notes.causes.insert_or_assign(attempt.id, std::move(error));
    return close_bad_attempt(station, attempt, work, DiscVerdict::suspect);
}

Result<Attempted> settle_attempt(Station& station, AttemptRow attempt, Work& work) {
    if (auto loaded = station.drive.load(work.disc.label); !loaded) {
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
            return close_bad_attempt(station, attempt, work, DiscVerdict::as_before);
        case Drive::Outcome::damaged:
            return close_bad_attempt(station, attempt, work, DiscVerdict::suspect);
        case Drive::Outcome::written:
            break;
    }
    if (attempt.state == AttemptState::writing) {
        BB_CHECK(
            station.services.catalogue.attempt_written(attempt.id, attempt.start_lba, attempt.blocks, ""));
        attempt.state = AttemptState::verifying;
    }
    return verify_attempt(station, attempt, work);
}

}  // namespace burnbox
