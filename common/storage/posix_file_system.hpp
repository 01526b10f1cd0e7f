// The FileSystem on a real folder.
#pragma once

#include <memory>
#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// Opens `root` (absolute, must exist). Errors: Errc::not_found, permission; unsupported when the kernel lacks
// openat2.
[[nodiscard]] Result<std::unique_ptr<FileSystem>> open_posix_file_system(const std::string& root);

}  // namespace burnbox
