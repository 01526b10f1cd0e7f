// The start-up path: the only one there is, after a clean stop and after a crash. Before any client of the
// accounts. Blocks.
#pragma once

#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

// Makes folders, ends what a crash cut, and knows every open session again: files with a proof in the
// journal, and all others as cut off.
// One whose folder is closed to us, or missing though sessions in it wait, is not served (Account::closed).
[[nodiscard]] Status recover_accounts(SessionRegistry& registry);

// The same for an account that the configuration has now and had not at the start; nothing when it was
// recovered before. What was cut in it must be sent anew: nobody looked at it when the machine last went
// down, perhaps.
[[nodiscard]] Status recover_new_account(SessionRegistry& registry, const std::string& name);

// Tries once more whether a closed account can be served; then it is. Errors: it can't, and stays closed.
[[nodiscard]] Status reopen_account(SessionRegistry& registry, const std::string& name);

}  // namespace burnbox::upload
