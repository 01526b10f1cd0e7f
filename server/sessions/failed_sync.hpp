// When the disk of an inbox, or of a watched folder, last failed to keep what was written to it. The kernel
// tells that once and then goes on showing what the disk does not have, until the machine is started again;
// so it is written down, durably, in state_dir/failed_sync.inbox or failed_sync.<SHA-256 of the watched
// folder's path>: the machine's boot identity and nanoseconds since 1970. Threads: any.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/session/staging_area.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::upload {

class FailedSync {
  public:
    FailedSync(FileSystem& state_fs, const StagingArea& area, std::string boot_id);

    // Blocks. What can't be written down holds until this server ends.
    void note(Timestamp now);
    // What did not change since then may be on no disk. Blocks at the first call, which also makes the file,
    // so that a full disk has room for it. Errors: what is noted can't be read.
    [[nodiscard]] Result<std::optional<Timestamp>> last();

  private:
    [[nodiscard]] Status write(const std::string& text);

    FileSystem& fs_;
    const std::string path_;
    const std::string boot_id_;
    std::mutex mutex_;
    bool is_read_ = false;
    std::optional<Timestamp> last_;
};

}  // namespace burnbox::upload
