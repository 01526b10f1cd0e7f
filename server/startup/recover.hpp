// The start-up path: the only one there is, after a clean stop and after a crash. Before any client. Blocks.
#pragma once

#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

// Makes folders, ends what a crash cut, and knows every open session again: files with a proof in the
// journal, and all others as cut off.
[[nodiscard]] Status recover_accounts(SessionRegistry& registry);

}  // namespace burnbox::upload
