#include "server/places/locations.hpp"

#include <unistd.h>

#include "common/config/state_dir_of.hpp"

namespace burnbox {

std::string config_file(const std::string& option) {
    if (!option.empty()) return option;
    return access(kConfigFile, F_OK) == 0 ? kConfigFile : "";
}

Result<Config> load_config(const std::string& file, std::string& notice) {
    return file.empty() ? default_config(notice) : read_config(file);
}

Result<std::string> control_socket(const std::string& socket_option, const std::string& config_option) {
    if (!socket_option.empty()) return socket_option;
    const std::string file = config_file(config_option);
    if (file.empty()) return control_socket_in(default_state_dir());
    const auto config = read_config(file);
    if (config) return control_socket_in(config->state_dir);
    // The server may run with what the file said before.
    const auto state_dir = state_dir_of(file);
    if (!state_dir || access(control_socket_in(*state_dir).c_str(), F_OK) != 0)
        return std::unexpected(config.error());
    return control_socket_in(*state_dir);
}

}  // namespace burnbox
