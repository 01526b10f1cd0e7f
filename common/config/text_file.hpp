// Small text files outside every FileSystem's root: the configuration and key files.
#pragma once

#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// The whole content of a regular file of at most 1 MiB. Blocks on the disk, but never on a pipe or device.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

}  // namespace burnbox
