// Lets a test act at the moment in which the server calls a function of libssh: the functions of these names
// in the test program come before libssh's own. Of the thread that sets them only.
#pragma once

#include <libssh/libssh.h>

#include <functional>

namespace burnbox::test {

// Called once, before the next ssh_channel_write or ssh_channel_read_timeout of this thread does its work.
struct NextCalls {
    std::function<void(ssh_channel)> write, read_timeout;
};
[[nodiscard]] NextCalls& next_calls();

}  // namespace burnbox::test
