// Which configuration a command works with, and where its server listens.
#pragma once

#include <string>

#include "common/base/error.hpp"
#include "common/config/config.hpp"

namespace burnbox {

inline constexpr const char* kConfigFile = "/etc/burnbox/burnbox.yaml";

// FILE of -c, else /etc/burnbox/burnbox.yaml when it is there; empty = no configuration.
[[nodiscard]] std::string config_file(const std::string& option);

// What `serve` runs with; `notice` is for the person who started it without a configuration.
[[nodiscard]] Result<Config> load_config(const std::string& file, std::string& notice);

// The control socket: the path of -s, else that of the configuration, else that of the defaults.
[[nodiscard]] Result<std::string> control_socket(const std::string& socket_option,
                                                 const std::string& config_option);

[[nodiscard]] inline std::string control_socket_in(const std::string& state_dir) {
    return state_dir + "/control.sock";
}

}  // namespace burnbox
