// A folder that stands in for an account's inbox: a FileSystem in which "ACCOUNT/x" is x of another one. Thus a watched folder has the
// inboxes' paths, and everything that works on "ACCOUNT/SESSION" works on it too.
#pragma once

#include <memory>
#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// Paths outside `account` don't exist. The root's only entry is the account's folder.
[[nodiscard]] std::unique_ptr<FileSystem> make_account_view(std::unique_ptr<FileSystem> folder, std::string account);

}  // namespace burnbox
