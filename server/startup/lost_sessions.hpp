// Sessions that were sealed, and that the catalogue does not know or knows elsewhere: an older copy of it was
// put back. They are found again from their seal records and folders, before anything else is repaired.
#pragma once

#include <string>
#include <vector>

#include "common/inbox/closed_accounts.hpp"
#include "server/sessions/services.hpp"

namespace burnbox::upload {

// In the inbox of `services`; nothing works in it yet. A row whose folder has another name by now gets that
// one; a sealed folder without a row gets one, from the seal record that describes it, or, when that record
// is gone too, from its content (in watched folders only with an older catalogue). With an older catalogue
// what a receipt names keeps its name. What is left is an orphan for reconcile_inboxes(). Errors: the
// catalogue's and the disk's. Blocks.
[[nodiscard]] Status find_lost_sessions(const UploadServices& services,
                                        const std::vector<std::string>& accounts);
// The same without those that are closed; one whose folder turns out to be closed becomes one of them.
[[nodiscard]] Status find_lost_sessions(const UploadServices& services,
                                        const std::vector<std::string>& accounts, ClosedAccounts& closed);

}  // namespace burnbox::upload
