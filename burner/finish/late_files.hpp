// What somebody put into a sealed session's folder, or changed there, behind burnbox: it is not on the disc,
// and must not look as if it were.
#pragma once

#include <string>
#include <vector>

#include "common/session/sealed_session.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

inline constexpr std::size_t kMostLateFiles = 1000;  // named at most

// Paths below the session's folder that the seal record does not know, burnbox's own files left out; a folder
// is named without what is in it. Blocks.
[[nodiscard]] Result<std::vector<std::string>> late_files(FileSystem& fs, const std::string& folder,
                                                          const SealedSession& sealed);

// Paths of the files and links that are not what was sealed at `sealed_at`, to the nanosecond. What is gone
// is not named. Those that were touched since are read. Blocks.
[[nodiscard]] Result<std::vector<std::string>> changed_files(FileSystem& fs, const std::string& folder,
                                                             const SealedSession& sealed,
                                                             Timestamp sealed_at);

}  // namespace burnbox
