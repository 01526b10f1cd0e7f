// Proving sealed sessions before anything of them is burned: at the seal, at the split, and when a burn's own
// proof failed.
#pragma once

#include <string>

#include "burner/schedule/services.hpp"

namespace burnbox {

// Of the seal record alone, as it was written. Errors: it can't be told now.
[[nodiscard]] Result<Proof> prove_seal(const BurnerServices& services, const std::string& seal_id);

// The same sessions as the job's, on a blank disc.
[[nodiscard]] Result<Proof> prove_alone(const BurnerServices& services, BurnJob job);

}  // namespace burnbox
