// What a changed configuration may change in a running server. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

// The top-level keys whose values differ and that only a restart can change. `log.level` is not among them.
[[nodiscard]] std::vector<std::string> keys_for_restart(const Config& running, const Config& wanted);

}  // namespace burnbox
