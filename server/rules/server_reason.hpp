// Whose reason it is that a request was refused. Clients that go on with the next file (scp -r, some windows
// with a button "skip") leave a gap that nobody asked for when it was the server's.
#pragma once

#include "common/base/error.hpp"

namespace burnbox::upload {

// True when the same request could be made another time, or on another machine: no space, no descriptors, a
// limit or a quota, a disk or a folder that fails. Not so what is wrong with the request (a name that no disc
// can hold, a folder that is missing), what is there or not there, and rights of the account. Pure.
[[nodiscard]] bool is_servers_reason(const Error& error);

}  // namespace burnbox::upload
