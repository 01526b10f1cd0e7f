// A failed session of which nothing is left but its row.
#pragma once

#include <string>

#include "server/sessions/services.hpp"

namespace burnbox::upload {

// Gives the disc name `name` of the account back when a failed session has it whose folder is gone (somebody
// removed it on the server) and that is on no disc, not in part either: its row and its records go. Whoever
// sends a session of that name gives it up. Errors: the catalogue's, and those of looking for the folder.
// Blocks.
[[nodiscard]] Status give_up_gone_session(const UploadServices& services, const std::string& account,
                                          const std::string& name);

// The same on a person's word (`cancel`), for one that waits too, in whichever area its folder was. False:
// its folder is there, or there is no such session. Errors: Errc::conflict when it burns, or a copy of it is
// on a disc.
[[nodiscard]] Result<bool> let_go_of_gone_session(const UploadServices& services, const std::string& account,
                                                  const std::string& name);

}  // namespace burnbox::upload
