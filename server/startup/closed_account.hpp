// Accounts that can't be served, because their folder is closed to the server's user or is not there. Each
// keeps its reason in Account::closed, FOLDER_AWAY says it, and all others are served. Blocks.
#pragma once

#include <string>

#include "common/inbox/closed_accounts.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

// Adds those whose folder is missing though sessions in it wait to be burned: somebody renamed it. Errors:
// Errc::not_found when the whole inbox is empty, which is a disk that is not mounted.
[[nodiscard]] Status find_missing_folders(SessionRegistry& registry, ClosedAccounts& closed);

// Errc::not_found: it is such a one.
[[nodiscard]] Status check_folder_is_there(SessionRegistry& registry, const std::string& account);

// From now on it is not served; `error` says what could not be done.
void close_account(SessionRegistry& registry, const std::string& account, const std::string& error);

}  // namespace burnbox::upload
