// seccomp: the system calls that a confined program can't do without being told EPERM. It shuts what Landlock
// does not know: sockets, other processes, namespaces, io_uring (which would go around this filter), truncate
// by path (which Landlock knows from version 3 only).
#pragma once

#include "common/base/error.hpp"

namespace burnbox {

// For this process and all it starts. Requires no_new_privs. Errors: Errc::unsupported on processors it was
// not written for.
[[nodiscard]] Status restrict_system_calls();

}  // namespace burnbox
