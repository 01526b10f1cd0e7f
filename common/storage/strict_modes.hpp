// Who besides the server's user could change what the server believes: as sshd's StrictModes. Blocks on
// stat(2).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace burnbox {

enum class OwnerRule {
    trusted,  // root, or one of those that are named
    any,      // whose it is does not matter, as of the keys that a user keeps himself
};

// What is wrong with the file or folder at `path`, with the line that mends it: somebody else owns it, or
// others may write it. A group that its owner alone is in is nobody else. nullopt: nothing, or it is not
// there.
[[nodiscard]] std::optional<std::string> strict_finding(const std::string& path, OwnerRule rule,
                                                        const std::vector<uid_t>& trusted);

}  // namespace burnbox
