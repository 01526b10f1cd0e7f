// Sessions whose pool the configuration does not name any more: no drive takes them, and nobody else says
// why.
#pragma once

#include "burner/jobs/burner.hpp"

namespace burnbox {

// Gives each of them that reason, in the catalogue and in STATUS.txt. At the start: pools change with it
// only. Blocks.
void tell_lost_pools(const BurnerServices& services);

}  // namespace burnbox
