#include "common/process/inherited_environment.hpp"

#include <unistd.h>

#include <array>
#include <string_view>

namespace burnbox {
namespace {

// The service manager's, for the server itself: nobody else must speak in its name.
constexpr std::array<std::string_view, 6> kOwnVariables = {
    "NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID=", "LISTEN_FDS=", "LISTEN_PID=", "BURNBOX_"};

bool is_own(std::string_view variable) {
    for (const std::string_view own : kOwnVariables)
        if (variable.starts_with(own)) return true;
    return false;
}

}  // namespace

std::vector<std::string> inherited_environment() {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (!is_own(*variable)) variables.emplace_back(*variable);
    return variables;
}

}  // namespace burnbox
