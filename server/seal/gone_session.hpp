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

}  // namespace burnbox::upload
