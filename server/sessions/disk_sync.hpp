// Syncs file systems that are mounted below an inbox: an account's folder may have a disk of its own. The
// FileSystem's own sync_all() covers the one that its root lies on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "server/files/session_walk.hpp"

namespace burnbox::upload {

// One path in `fs` for each file system, other than the root's, on which `top` or an entry below it lies; of
// one without device numbers (in tests) none. Errors: those of looking. Blocks.
[[nodiscard]] Result<std::vector<std::string>> other_disks(FileSystem& fs, const std::string& top,
                                                           const std::vector<WalkEntry>& entries);

class DiskSync {
  public:
    // syncfs of the file system that this host path, of a file or folder, lies on. It is kept open from the
    // first time on, because the kernel tells a failed write-back once to each descriptor that was open
    // before. Blocks; one call at a time.
    [[nodiscard]] Status sync(const std::string& host_path);

  private:
    std::map<std::uint64_t, UniqueFd> open_;  // by device
};

}  // namespace burnbox::upload
