// The other end of the control socket: asks a running server one thing and hands on what it says as it comes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

struct ControlOutput {
    std::function<void(std::string_view text)> out;
    std::function<void(std::string_view line)> error;
};

// The request's exit code. Blocks until the server has answered. Errors: Errc::unreachable when nobody
// listens there or the server went away before its answer was complete; the message has the socket's path and
// the remedy.
[[nodiscard]] Result<int> ask_server(const std::string& socket_path, const std::vector<std::string>& argv,
                                     const ControlOutput& output);

}  // namespace burnbox
