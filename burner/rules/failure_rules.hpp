// Who is to blame for failed attempts: the session, the drive, or nobody. Decided from what the catalogue
// says of the attempts, so it is the same after a restart. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// What an operation's error is about, by its code; its origin and an image_dir that is away
// (shelf_is_away()) are asked for first.
enum class ErrorKind : std::uint8_t {
    passing,    // another process is at it, or burnbox is stopping
    no_space,   // on the file system of an image
    lost,       // the drive hangs, is gone, or can't be reached
    elsewhere,  // the disc is not in the drive
    other,      // the disc's, the drive's, the data's
};
[[nodiscard]] ErrorKind kind_of(const Error& error);
// Nobody who judges a disc may blame it for that, however often: another time tells.
[[nodiscard]] bool says_nothing_about_the_disc(const Error& error);
// The same of one that is only looked at: a drive that hangs tells nothing either, and nothing waits for it.
[[nodiscard]] bool says_nothing_about_a_disc_met(const Error& error);
// What an operation read, or could not read, is the disc's fault. Others are of the drive, the catalogue, a
// file that went.
[[nodiscard]] bool judges_what_was_read(const Error& error);
// The drive or the disc is away, or hangs: a person may bring it back.
[[nodiscard]] bool is_out_of_reach(const Error& error);
// Another disc or fewer tries would not change it.
[[nodiscard]] bool passes_by_itself(const Error& error);
// Why an attempt failed whose write or read-back ended with it.
[[nodiscard]] AttemptCause cause_of(const Error& error);

// Whether an attempt that failed so is one of the three tries that a session has.
[[nodiscard]] bool counts_against_session(AttemptCause cause);
// Whether a disc that was spoiled so may be the drive's fault.
[[nodiscard]] bool counts_against_drive(AttemptCause cause);
// What a disc that such an attempt left behind is suspected of.
[[nodiscard]] Suspicion suspicion_after(AttemptCause cause);

struct SessionFailures {
    unsigned failures = 0;       // attempts that count
    unsigned spoiled_discs = 0;  // by whatever cause
    bool damaged = false;        // its staged files differ from their manifest
    [[nodiscard]] SessionFailures and_now(const AttemptFailure& failure) const;
};
// Of attempts later than `forgiven`.
[[nodiscard]] SessionFailures failures_of(const std::vector<AttemptRow>& attempts, AttemptId forgiven);
// Three failures, three discs, or damaged.
[[nodiscard]] bool needs_a_person(const SessionFailures& failures);

// Why the drive must not burn until a person has looked after it: it spoiled two discs in a row. Empty = it
// may. `newest_first` as Catalogue::attempts_on_drive() has them; `discs` give their labels.
[[nodiscard]] std::string why_drive_stops(const std::string& drive,
                                          const std::vector<AttemptRow>& newest_first,
                                          const std::vector<DiscRow>& discs);

}  // namespace burnbox
