// Whether the programs of `hooks:` are there. For `check`; looks, runs nothing.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

// "hooks[0].run[0]: ...": for every program that can't be started, with the remedy.
[[nodiscard]] std::vector<std::string> hook_findings(const std::vector<HookConfig>& hooks);

}  // namespace burnbox
