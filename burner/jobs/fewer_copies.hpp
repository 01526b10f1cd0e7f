// A person's word on a session that waits for copies which nobody can make any more.
#pragma once

#include <string>

#include "burner/schedule/schedule.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

// The session is burned with the copies that its pool can make now: those that count, and one from each drive
// that has none; in another pool when `pool` is not empty. It is burned at once when these are there already.
// Says what becomes of it. Errors: invalid when there is no such pool; conflict when all that was promised
// can be burned, or it does not wait. Any thread; blocks on the catalogue.
[[nodiscard]] Result<std::string> accept_fewer_copies(const BurnerServices& services, Schedule& schedule,
                                                      SessionId session, const std::string& pool);

}  // namespace burnbox
