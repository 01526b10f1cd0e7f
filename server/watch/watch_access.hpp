// Whether the server's user can do in a watched folder what it must: read everything, rename sessions, put
// its texts into them. What it says names the lines that mend it.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox::watch {

// Why this session can't be renamed or written to; "" when it can. `root` and `session` are host paths.
// Blocks.
[[nodiscard]] std::string session_access_problem(const std::string& root, const std::string& session);

// "can't be read: a, b; mend it with: ..." for the files of a session.
[[nodiscard]] std::string unreadable_problem(const std::string& session,
                                             const std::vector<std::string>& paths);

// For `burnbox check`: a folder that burnbox only reads. `key` is "skim[0].from". Blocks.
[[nodiscard]] std::vector<std::string> read_access_findings(const std::string& key, const std::string& root);

// For `burnbox check`: the folder itself and, as examples, what lies in it now. `key` is "watch[0].path".
[[nodiscard]] std::vector<std::string> watch_access_findings(const std::string& key, const std::string& root);

}  // namespace burnbox::watch
