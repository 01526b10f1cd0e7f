#include "burner/rules/failure_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/drive/drive.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostFailures = 3;
constexpr unsigned kMostSpoiledBySession = 3;
constexpr std::size_t kMostSpoiledByDrive = 2;

}  // namespace

ErrorKind kind_of(const Error& error) {
    switch (error.code) {
        case Errc::busy:
        case Errc::cancelled:
            return ErrorKind::passing;
        case Errc::no_space:
            return ErrorKind::no_space;
        case Errc::unreachable:
        case Errc::timeout:
            return ErrorKind::lost;
        case Errc::no_medium:
        case Errc::wrong_medium:
            return ErrorKind::elsewhere;
        default:
            return ErrorKind::other;
    }
}

bool says_nothing_about_the_disc(const Error& error) {
    const ErrorKind kind = kind_of(error);
    return shelf_is_away(error) || error.origin == Origin::session || kind == ErrorKind::passing ||
           kind == ErrorKind::no_space;
}

bool says_nothing_about_a_disc_met(const Error& error) {
    return kind_of(error) == ErrorKind::passing || kind_of(error) == ErrorKind::lost;
}

bool judges_what_was_read(const Error& error) {
    if (error.origin != Origin::unknown) return false;
    switch (error.code) {
        case Errc::io:
        case Errc::corrupt:
        case Errc::limit:
            return true;
        case Errc::not_found:
            return error.sys_errno == 0;  // what should be on it, not its file
        default:
            return false;
    }
}

bool is_out_of_reach(const Error& error) {
    return kind_of(error) == ErrorKind::lost || kind_of(error) == ErrorKind::elsewhere;
}

bool passes_by_itself(const Error& error) {
    return kind_of(error) == ErrorKind::passing || is_out_of_reach(error);
}

AttemptCause cause_of(const Error& error) {
    if (shelf_is_away(error)) return AttemptCause::interrupted;
    if (error.code == Errc::corrupt) return AttemptCause::staged_damaged;
    switch (kind_of(error)) {
        case ErrorKind::no_space:
            return AttemptCause::no_space;
        case ErrorKind::elsewhere:
            return AttemptCause::disc_gone;
        case ErrorKind::lost:
            return AttemptCause::out_of_reach;
        default:
            return AttemptCause::write_error;
    }
}

bool counts_against_session(AttemptCause cause) {
    switch (cause) {
        case AttemptCause::none:
        case AttemptCause::interrupted:
        case AttemptCause::together:
        case AttemptCause::staged_damaged:  // no second try
        case AttemptCause::no_space:
        case AttemptCause::disc_gone:
        case AttemptCause::image_changed:
            return false;
        case AttemptCause::write_error:
        case AttemptCause::mismatch:
        case AttemptCause::unjudged:
        case AttemptCause::out_of_reach:
            return true;
    }
    return true;
}

bool counts_against_drive(AttemptCause cause) {
    return counts_against_session(cause) || cause == AttemptCause::disc_gone;
}

Suspicion suspicion_after(AttemptCause cause) {
    switch (cause) {
        case AttemptCause::unjudged:
        case AttemptCause::out_of_reach:
        case AttemptCause::disc_gone:
            return Suspicion::unjudged;
        case AttemptCause::image_changed:
            return Suspicion::changed;
        default:
            return Suspicion::spoiled;
    }
}

SessionFailures SessionFailures::and_now(const AttemptFailure& failure) const {
    SessionFailures sum = *this;
    sum.failures += counts_against_session(failure.cause) ? 1 : 0;
    sum.spoiled_discs += failure.spoiled ? 1 : 0;
    sum.damaged = sum.damaged || failure.cause == AttemptCause::staged_damaged;
    return sum;
}

SessionFailures failures_of(const std::vector<AttemptRow>& attempts, AttemptId forgiven) {
    SessionFailures sum;
    for (const AttemptRow& attempt : attempts)
        if (attempt.state == AttemptState::failed && attempt.id > forgiven)
            sum = sum.and_now({.reason = {}, .cause = attempt.cause, .spoiled = attempt.spoiled});
    return sum;
}

bool needs_a_person(const SessionFailures& failures) {
    return failures.damaged || failures.failures >= kMostFailures ||
           failures.spoiled_discs >= kMostSpoiledBySession;
}

std::string why_drive_stops(const std::string& drive, const std::vector<AttemptRow>& newest_first,
                            const std::vector<DiscRow>& discs) {
    std::vector<std::string> spoiled;
    for (const AttemptRow& attempt : newest_first) {
        if (attempt.state == AttemptState::verified) break;
        if (!attempt.spoiled || !counts_against_drive(attempt.cause)) continue;
        const auto disc = std::ranges::find(discs, attempt.disc, &DiscRow::id);
        spoiled.insert(spoiled.begin(), disc == discs.end() ? "?" : disc->label);
        if (spoiled.size() < kMostSpoiledByDrive) continue;
        return fmt::format(
            "drive {} spoiled two discs in a row, {} and {} (`burnbox status` says how): look after drive "
            "and "
            "discs, then say `burnbox retry {}`",
            drive, spoiled.front(), spoiled.back(), drive);
    }
    return {};
}

}  // namespace burnbox
