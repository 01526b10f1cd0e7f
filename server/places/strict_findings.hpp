// What others could change under the server: its configuration, the programs it runs, its state, its host
// keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

// Who asks: the user who serves, or somebody who checks. As root the latter trusts whom the state_dir belongs
// to.
enum class StrictFor : std::uint8_t { serve, check };

// Lines with the remedy, beginning with the key or the file; empty = nobody could. With any of them the
// server does not start: who may write there decides who logs in, or what is run with the server's rights.
[[nodiscard]] std::vector<std::string> strict_findings(const Config& config, StrictFor who);

}  // namespace burnbox
