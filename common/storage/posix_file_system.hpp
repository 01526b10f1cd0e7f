// The FileSystem on a real folder.
#pragma once

#include <memory>
#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// Opens `root` (absolute, must exist). Errors: Errc::not_found, permission; unsupported when the kernel lacks
// openat2.
[[nodiscard]] Result<std::unique_ptr<FileSystem>> open_posix_file_system(const std::string& root);

// Whether the folder that `fs` has at `path` is the one that has its path on this machine now: worker
// processes open it by that. Errors: unreachable, when something was mounted over it or it was moved. File
// systems of tests, which are on no machine, are always in their place.
[[nodiscard]] Status check_in_place(FileSystem& fs, const std::string& path);

}  // namespace burnbox
