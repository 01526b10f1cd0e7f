// Where programs are found that are named without a path: checks tell before the first start what is missing.
#pragma once

#include <string_view>

namespace burnbox {

// Whether a folder of PATH (unset: the system's own) has a plain file of that name that may be run. Blocks on
// the file system.
[[nodiscard]] bool is_in_path(std::string_view program);

}  // namespace burnbox
