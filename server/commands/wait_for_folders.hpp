// A server whose inbox_dir is away, or whose state_dir is, must not begin a new life in the mount points: it
// waits.
#pragma once

#include <boost/asio/io_context.hpp>

#include "common/config/config.hpp"

namespace burnbox {

// Whether inbox_dir is the folder that state_dir knows, and state_dir the one that inbox_dir belongs to.
// Changes nothing. Errors: unreachable, what is away and what to do. Others, too, are for the start to say.
[[nodiscard]] Status look_at_folders(const Config& config);

// Returns when they are there, or when `io` was stopped. Meanwhile it says so: in the log, to the service
// manager, as the signal FOLDER_AWAY, and to whoever asks over the control socket. Thread: that of `io`.
void wait_for_folders(const Config& config, boost::asio::io_context& io);

}  // namespace burnbox
