// The environment of programs that people configured: hooks and autoloaders.
#pragma once

#include <string>
#include <vector>

namespace burnbox {

// This process' own without what is for itself alone: its line to systemd, and BURNBOX_*. NAME=VALUE each.
[[nodiscard]] std::vector<std::string> inherited_environment();

}  // namespace burnbox
