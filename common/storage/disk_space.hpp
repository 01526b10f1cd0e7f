// The room on the disk that a folder is on: a disk of its own may be mounted there.
#pragma once

#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// Of the file system that holds `folder` ("" = the root's). Errors: those of opening it. Blocks.
[[nodiscard]] Result<FileSystem::Space> space_at(FileSystem& fs, const std::string& folder);

}  // namespace burnbox
