// Users of this machine, for people.
#pragma once

#include <sys/types.h>

#include <string>

namespace burnbox {

// The user's name; the number when it has none. Any thread; may block.
[[nodiscard]] std::string user_name(uid_t user);
[[nodiscard]] std::string user_name();  // of who runs this process: the effective one

}  // namespace burnbox
