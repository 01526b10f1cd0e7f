// The folders that belong to one server alone, held by flock(2) on the folders themselves, so that nothing
// has to lie in them. Threads: any.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "common/config/config.hpp"

namespace burnbox {

class FolderLocks {
  public:
    // Holds `path` (the value of the configuration's `key`) until this is dropped; a folder that is held here
    // already is fine, and one that this user can't open is left alone. A file system that locks no folders
    // gets a file .burnbox-lock in it. Errors: Errc::busy, naming the process that has it.
    [[nodiscard]] Status hold(const std::string& key, const std::string& path);

  private:
    std::mutex mutex_;
    std::vector<std::pair<std::pair<dev_t, ino_t>, UniqueFd>> held_;
};

// Why a server that is started now would not get the folder: another one works in it. nullopt: it would, or
// nobody knows. Holds nothing, but for a moment where the kernel lists a lock.
[[nodiscard]] std::optional<std::string> held_by_another(const std::string& key, const std::string& path);

// inbox_dir, signals_dir, image folders and watched ones, as far as they are there.
[[nodiscard]] Status hold_folders(FolderLocks& locks, const Config& config);

}  // namespace burnbox
