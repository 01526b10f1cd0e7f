// A folder that stands in for an account's inbox: a FileSystem in which "ACCOUNT/x" is x of another one,
// whatever the account. Thus a watched folder has the inboxes' paths, and everything that works on
// "ACCOUNT/SESSION" works on it too, also for sessions of an account that the folder was configured for
// earlier.
#pragma once

#include <memory>
#include <string>

#include "common/storage/file_system.hpp"

namespace burnbox {

// `account` is what a listing of the root shows.
[[nodiscard]] std::unique_ptr<FileSystem> make_account_view(std::unique_ptr<FileSystem> folder,
                                                            std::string account);

}  // namespace burnbox
