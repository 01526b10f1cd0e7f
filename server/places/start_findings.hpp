// What a start needs of the files and folders that earlier runs left, looked at without changing anything: so
// `check` says before what `serve` would end on, or go without.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

// What no server can do without: the files and folders in state_dir, as far as they are there. A line each,
// with the remedy. Blocks.
[[nodiscard]] std::vector<std::string> state_findings(const Config& config);

// What a server goes without, telling it: accounts' folders, seal records. A line each. Blocks.
[[nodiscard]] std::vector<std::string> closed_findings(const Config& config);

// Folders that another server works in, unless that is the one of this state_dir, which runs. A line each.
// Blocks.
[[nodiscard]] std::vector<std::string> lock_findings(const Config& config);

}  // namespace burnbox
