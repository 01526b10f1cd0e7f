// Where a server's state is, of a configuration that may have faults elsewhere: so that commands reach a
// server that still runs with the file of before.
#pragma once

#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// Errors: the file can't be read, or is no YAML. Blocks.
[[nodiscard]] Result<std::string> state_dir_of(const std::string& config_file);

}  // namespace burnbox
