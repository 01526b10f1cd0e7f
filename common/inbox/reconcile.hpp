// The scan at every start: brings folder names and catalogue rows together again, whatever a crash or a
// person left behind. There is no separate crash code: a clean start finds nothing to do.
#pragma once

#include <string>
#include <vector>

#include "common/inbox/closed_accounts.hpp"
#include "common/inbox/inbox.hpp"

namespace burnbox {

// Before any client and any burner. Ends moves and withdrawals that were cut; a queued session whose folder
// is gone fails; a folder named as queued that the catalogue does not know becomes NAME-failed with a
// FAILED.txt. `accounts`: those configured; those in the catalogue are looked at too. Only sessions of the
// area that `inbox` is for. Every repair is logged once; doing it again changes nothing. Blocks.
[[nodiscard]] Status reconcile_inboxes(Inbox& inbox, Catalogue& catalogue,
                                       const std::vector<std::string>& accounts);
// The same without those that are closed; one whose folder turns out to be closed becomes one of them.
[[nodiscard]] Status reconcile_inboxes(Inbox& inbox, Catalogue& catalogue,
                                       const std::vector<std::string>& accounts, ClosedAccounts& closed);
// Of one account alone, which nobody works in.
[[nodiscard]] Status reconcile_account(Inbox& inbox, Catalogue& catalogue, const std::string& account);

// A folder that is named as queued and is not to be burned becomes NAME-failed, with `text` as its
// FAILED.txt. Blocks.
[[nodiscard]] Status set_aside(Inbox& inbox, const std::string& account, const std::string& folder,
                               const std::string& text);

}  // namespace burnbox
