// What is at a path, where nothing being there is an answer.
#pragma once

#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// Errors: those of looking. Block on the disk.
[[nodiscard]] Result<bool> exists(FileSystem& fs, const std::string& path);  // of any type
[[nodiscard]] Result<bool> is_folder(FileSystem& fs,
                                     const std::string& path);  // false: something else, or nothing

}  // namespace burnbox
