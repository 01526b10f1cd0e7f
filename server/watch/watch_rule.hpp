// What is a marker in a watched folder. Here nobody sees CLOSE: a file by a marker's name counts as it lies
// there, and the predecessor's rule goes by ctime. Both only once the session is quiet, which is the caller's
// part. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.hpp"
#include "server/files/session_walk.hpp"

namespace burnbox::watch {

// The session's marker among its entries. In a folder whose own name is ignored (a NAS' wastebasket) only one
// by its name. `last_changed`: the path that changed last as far as anybody saw
// it, "" = nobody did; it decides between times that the file system keeps as the same.
[[nodiscard]] std::optional<std::string> find_marker(const SessionConfig& config,
                                                     const std::vector<upload::WalkEntry>& entries,
                                                     std::string_view last_changed,
                                                     std::string_view session = {});

// The latest ctime of all entries.
[[nodiscard]] Timestamp newest_change(const std::vector<upload::WalkEntry>& entries);

}  // namespace burnbox::watch
