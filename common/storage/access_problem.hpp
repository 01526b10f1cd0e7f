// What this user may not do with an entry of this machine, with the line that mends it, for people.
#pragma once

#include <optional>
#include <string>

namespace burnbox {

// "open /srv/x: Permission denied; mend it with: sudo chown burnbox /srv/x && sudo chmod u+rwx /srv/x".
// `wanted` is R_OK, W_OK and X_OK of access(2). The entry that is named is the first folder on the way to it
// that can't be entered, else itself. nullopt: it may be used so, or it is not there. Blocks.
[[nodiscard]] std::optional<std::string> access_problem(const std::string& host_path, int wanted);

// What mends a disk that takes no writes any more (EROFS, EIO); "" for other errors.
[[nodiscard]] std::string disk_remedy(int sys_errno);

}  // namespace burnbox
