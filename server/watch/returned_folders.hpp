// Sealed folders of a watched folder that somebody renamed or removed in the file system: NAME-queued or
// NAME-failed renamed back to NAME is the cancel or the mending of an inbox, anything else loses the session.
#pragma once

#include <string>

#include "server/upload/client.hpp"

namespace burnbox::watch {

// Looks for the folders of all sealed sessions of `services.inbox`'s area; of one name only when `folder` is
// not empty. One that came back to its open name is withdrawn, as an account's own rename does it; while it
// burns the name is given back to it instead. A queued one that is nowhere fails. Done again it changes
// nothing, so that it also ends what a crash cut. Blocks.
[[nodiscard]] Status withdraw_returned_folders(const UploadServices& services, const std::string& folder);

}  // namespace burnbox::watch
