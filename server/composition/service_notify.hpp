// Tells systemd how the service does: sd_notify(3) without its library.
#pragma once

#include <string_view>

namespace burnbox {

// Sends "READY=1" and the like to $NOTIFY_SOCKET; without one, and when that fails, nothing happens. Does not
// block.
void notify_service(std::string_view state);

}  // namespace burnbox
