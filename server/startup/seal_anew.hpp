// A sealed folder of which nothing is known any more but what lies in it.
#pragma once

#include <stop_token>
#include <string>

#include "common/session/sealed_session.hpp"
#include "server/sessions/services.hpp"

namespace burnbox::upload {

// The row of a sealed session that lies in this folder; its seal id is the caller's to say.
[[nodiscard]] SessionRow row_for(const UploadServices& services, const SealedSession& sealed,
                                 const std::string& folder);

// Everything in a session's folder, the marker's file too, as a manifest; every file is read. Errors: those
// of reading. Blocks for as long as that takes.
[[nodiscard]] Result<Manifest> read_folder(FileSystem& fs, const std::string& folder,
                                           const std::stop_token& stop = {});

// Reads every file and writes a new seal record, durably; then the catalogue has the session, queued. When a
// burned session of this name without a folder holds just that, it is that one's: it gets the folder, and its
// row is returned. Errors: those of reading and writing. Blocks.
[[nodiscard]] Result<SessionRow> seal_anew(const UploadServices& services, const std::string& account,
                                           const std::string& folder);

}  // namespace burnbox::upload
