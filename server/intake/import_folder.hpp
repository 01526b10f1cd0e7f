// `burnbox import DIR --session NAME`: a local folder, as it is, becomes a sealed session. All of it or
// nothing: what can't be taken along is named, and refuses the import.
#pragma once

#include <stop_token>
#include <string>

#include "server/upload/client.hpp"

namespace burnbox::intake {

struct ImportOrder {
    std::string folder;  // host path, absolute
    std::string account;
    std::string session;
    bool again = false;  // content that is on a disc already may be burned once more
};

// Errors name the folder, what is wrong with it and the remedy; then nothing was sealed. Blocks for as long
// as copying takes.
[[nodiscard]] Result<SessionRow> import_folder(Uploads& uploads, const UploadServices& services,
                                               const ImportOrder& order, const std::stop_token& stop);

}  // namespace burnbox::intake
