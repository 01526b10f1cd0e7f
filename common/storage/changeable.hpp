// Folders that their owner may not write in (0555) and that burnbox has to empty: what a client said of a
// folder's mode is a fact to record, not a bar to the server.
#pragma once

#include <functional>
#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// Does `change` to the entry at `path`. When the folder it is in forbids that and belongs to the server's
// user, the folder becomes writable and `change` is done once more. Errors: those of `change`. Blocks.
[[nodiscard]] Status change_entry(FileSystem& fs, const std::string& path,
                                  const std::function<Status()>& change);

}  // namespace burnbox
