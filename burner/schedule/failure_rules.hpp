// Who is to blame for failed attempts: the session, the drive, or nobody. Decided from what the catalogue
// says of the attempts, so it is the same after a restart. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

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
