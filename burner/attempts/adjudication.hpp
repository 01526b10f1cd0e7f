// Judging an attempt that did not end well, in this process or before a crash: from the disc itself, never
// from hope. An attempt is repeated on a disc only when the disc is as it was before.
#pragma once

#include "burner/attempts/attempt.hpp"

namespace burnbox {

// Reads the disc, then verifies what is there or closes the attempt. Error: it can't be judged now; the
// attempt stays unfinished.
[[nodiscard]] Result<Attempted> adjudicate_attempt(AttemptContext& context, AttemptRow attempt, Work& work);

// The disc holds more than the catalogue knows, or something else than the attempt was to write: what is on
// it decides, also about the attempt's sessions. Errors: as adjudicate_attempt().
[[nodiscard]] Result<Attempted> adjudicate_by_contents(AttemptContext& context, const AttemptRow& attempt,
                                                       Work& work);

// What the disc is after a bad attempt.
enum class DiscVerdict : std::uint8_t {
    as_before,
    suspect,
    away,  // no drive and no shelf shows it, which says nothing about it
};

// Why an attempt fails; what was known of it before stays beside it, and the first cause is the cause.
void note_cause(FailureNotes& notes, AttemptId attempt, AttemptCause cause, Error error);

// They were burned together, and one of them is to blame: next time only half as many at once.
void burn_in_smaller_groups(Schedule& schedule, const std::vector<SessionRow>& rows);

// Ends the attempt in the catalogue: its sessions are queued again after a while, but for those that need a
// person, and have failed: their third failure or third disc spoiled, or staged files that differ from their
// manifest.
[[nodiscard]] Result<Attempted> close_bad_attempt(AttemptContext& context, const AttemptRow& attempt,
                                                  Work& work, DiscVerdict verdict);

// Settling or reading back failed. Passed on as an error to be tried again later; a disc that can't be judged
// for long is suspect.
[[nodiscard]] Result<Attempted> judgment_failed(AttemptContext& context, const AttemptRow& attempt,
                                                Work& work, Error error);

}  // namespace burnbox
