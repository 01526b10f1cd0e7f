// What a start does with sessions that wait already: how many copies they get is known, and why they wait is
// not what a former run said, which may not hold any more.
#pragma once

#include <vector>

#include "burner/schedule/services.hpp"

namespace burnbox {

// Of sessions that an older burnbox sealed nobody knows how many copies were promised: those of their pools
// now. Those of a pool that is not configured wait for a start with it.
[[nodiscard]] Status note_promised_copies(const BurnerServices& services);

// Before anybody says why a session waits. Returns whose reason is another one now; their STATUS.txt is
// behind. Blocks on the catalogue.
[[nodiscard]] std::vector<SessionId> forget_reasons(const BurnerServices& services);

// Once their folders can be reached: STATUS.txt of those whose reason was forgotten says what is known by
// now. What can't be said is logged.
void tell_reasons_anew(const BurnerServices& services, const std::vector<SessionId>& forgotten);

// Queued sessions of pools that the configuration has no more say so, unless they do already: no drive looks
// at them.
void tell_lost_pools(const BurnerServices& services);

}  // namespace burnbox
