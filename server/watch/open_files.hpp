// Whether anybody still writes to a session's files, and whether we can read them, as far as the kernel
// tells.
#pragma once

#include <string>
#include <vector>

#include "server/sessions/session_walk.hpp"

namespace burnbox::watch {

struct FileFindings {
    std::vector<std::string> writing;  // paths in the session
    std::vector<std::string> unreadable;
};

// Asks for a read lease on every file, which the kernel refuses while anybody has it open for writing; where
// it gives none (another owner's file, a network file system) the open files of all processes that /proc
// shows are looked through. Blocks.
[[nodiscard]] FileFindings look_at_files(const std::string& host_folder,
                                         const std::vector<upload::WalkEntry>& entries);

// The files below `host_folder` that a process which /proc shows has open for writing. Blocks.
[[nodiscard]] std::vector<std::string> writers_in_proc(const std::string& host_folder);

}  // namespace burnbox::watch
