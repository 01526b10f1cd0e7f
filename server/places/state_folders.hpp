// The folders a server works in: made when they are missing, tried for writing, and locked against a second
// server.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/config/config.hpp"
#include "common/marks/known_folders.hpp"

namespace burnbox {

// Makes the folder and its missing parents (0755), the folder itself with `permissions`. An existing one is
// left as it is.
[[nodiscard]] Status make_host_folder(const std::string& path, unsigned permissions);

// state_dir: 0750, the group may use the control socket.
[[nodiscard]] Status make_state_dir(const Config& config);

// inbox_dir, signals_dir and the image folders. One that is known is not made anew: its disk is not mounted.
[[nodiscard]] Status make_folders_of(const Config& config, const KnownFolders& known);

// Whether the catalogue has discs with content in this image folder, and none of their images is there, nor a
// file that says that this is meant so.
[[nodiscard]] bool lost_every_image(const std::vector<DiscRow>& discs, const std::string& image_dir);

// Holds state_dir/lock until it is dropped. Errors: Errc::busy with the process id of the server that has it.
[[nodiscard]] Result<UniqueFd> lock_state_dir(const std::string& state_dir);

// Names this boot of the machine; "" when the kernel does not tell.
[[nodiscard]] std::string read_boot_id();

// What this user can't use, as lines with the remedy: folders that can't be made or written, devices that are
// not there. Nothing is made.
[[nodiscard]] std::vector<std::string> access_findings(const Config& config);

}  // namespace burnbox
