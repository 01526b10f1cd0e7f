// Everything in a session's folder, as the disk has it.
#pragma once

#include <string>
#include <vector>

#include "common/storage/file_system.hpp"

namespace burnbox::upload {

struct WalkEntry {
    std::string path;  // in the session
    FileInfo info;
    std::string link_target;
};

// Sorted by path, a folder before what is in it; burnbox's own files at the top are left out. Blocks.
[[nodiscard]] Result<std::vector<WalkEntry>> walk_session(FileSystem& inbox_fs, const std::string& folder);

}  // namespace burnbox::upload
