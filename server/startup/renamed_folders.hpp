// Folders of sealed sessions that somebody gave their open name by hand, behind burnbox.
#pragma once

#include <string>

#include "server/sessions/services.hpp"

namespace burnbox::upload {

// At the start, before any client: a folder in the account's inbox that has the open name of a sealed session
// whose own folder is not there gets a queued one's name again. Only as burnbox left it: STATUS.txt is in it
// and no FAILED.txt, nothing was sent into it, and it holds just what was sealed, with its times. Everything
// else stays an open session. Blocks.
[[nodiscard]] Status name_sealed_folders_back(const UploadServices& services, const std::string& account);

}  // namespace burnbox::upload
