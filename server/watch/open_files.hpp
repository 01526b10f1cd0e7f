// Whether anybody still writes to a session's files, and whether we can read them, as far as the kernel
// tells.
#pragma once

#include <string>
#include <vector>

#include "server/files/session_walk.hpp"

namespace burnbox::watch {

struct FileFindings {  // paths in the session
    std::vector<std::string> writing;
    std::vector<std::string> unknown;  // somebody may have them open for writing: the kernel does not tell us
    std::vector<std::string> unreadable;
};

// Asks for a read lease on every file, which the kernel refuses while anybody has it open for writing. It
// gives none on another user's file without CAP_LEASE, nor on most network file systems and FUSE; then the
// open files of all processes that /proc shows are looked through, which finds some writers, not all. Blocks.
[[nodiscard]] FileFindings look_at_files(const std::string& host_folder,
                                         const std::vector<upload::WalkEntry>& entries);

// The files below `host_folder` that a process which /proc shows has open for writing. Blocks.
[[nodiscard]] std::vector<std::string> writers_in_proc(const std::string& host_folder);

// Which writers of files below `host_folder` nobody sees, and what to do; "" when the kernel tells all of
// them to this process. Blocks.
[[nodiscard]] std::string unseen_writers(const std::string& host_folder);

}  // namespace burnbox::watch
