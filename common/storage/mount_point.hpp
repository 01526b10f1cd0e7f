// Where the file system that a folder is on is mounted, as the kernel lists it.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace burnbox {

// Of an absolute path without links in it, by the text of /proc/self/mountinfo (proc(5)): the longest mount
// point that it is in. Pure.
[[nodiscard]] std::string mount_point_in(std::string_view mountinfo, std::string_view path);

// Of a folder that is there. Blocks.
[[nodiscard]] Result<std::string> mount_point_of(const std::string& path);

}  // namespace burnbox
