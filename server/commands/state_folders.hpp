// The folders a server works in: made when they are missing, tried for writing, and locked against a second
// server.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "common/config/config.hpp"

namespace burnbox {

// Makes the folder and its missing parents (0755), the folder itself with `permissions`. An existing one is
// left as it is.
[[nodiscard]] Status make_host_folder(const std::string& path, unsigned permissions);

// state_dir (0750: the group may use the control socket), inbox_dir and the image folders.
[[nodiscard]] Status make_folders_of(const Config& config);

// Holds state_dir/lock until it is dropped. Errors: Errc::busy with the process id of the server that has it.
[[nodiscard]] Result<UniqueFd> lock_state_dir(const std::string& state_dir);

// Names this boot of the machine; "" when the kernel does not tell.
[[nodiscard]] std::string read_boot_id();

// What this user can't use, as lines with the remedy: folders that can't be made or written, devices that are
// not there. Nothing is made.
[[nodiscard]] std::vector<std::string> access_findings(const Config& config);

}  // namespace burnbox
