// Reading a session on a disc back after its burn: by hand (`burnbox verify`) and before a payload is let go
// of. What is found out is kept, and counts: a copy that differs is a copy no more, and its disc is suspect
// until all of it reads well again.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// Reads one session of the disc in the drive back and notes what was found; one whose name belongs to another
// session by now (session 0) is compared with what the disc itself says of it. Errors: those of
// Drive::verify(); what can't be judged now (a drive that hangs, another disc) is noted nowhere.
[[nodiscard]] Result<VerifyReport> read_back(AttemptContext& context, const DiscRow& disc,
                                             const DiscSessionRow& copy, BurnObserver& observer);

// Whether what a disc is suspected of is over: every session on it was read back well since, and the medium
// is as the catalogue has it, so that nothing half written is on it. Pure.
[[nodiscard]] bool suspicion_is_over(const DiscRow& disc, const std::vector<DiscSessionRow>& sessions,
                                     const Medium& medium);

}  // namespace burnbox
