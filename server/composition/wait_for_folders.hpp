// A server whose inbox_dir is away, or whose state_dir is, must not begin a new life in the mount points: it
// waits.
#pragma once

#include "common/config/config.hpp"

namespace burnbox {

// Whether inbox_dir is the folder that state_dir knows, and state_dir the one that inbox_dir belongs to.
// Changes nothing. Errors: unreachable, what is away and what to do. Others, too, are for the start to say.
[[nodiscard]] Status look_at_folders(const Config& config);

// Waits until they are there. Meanwhile it says so: in the log, to the service manager, as the signal
// FOLDER_AWAY, and to whoever asks over the control socket. False: SIGTERM or SIGINT came first. Thread: the
// control thread.
[[nodiscard]] bool wait_for_folders(const Config& config);

}  // namespace burnbox
