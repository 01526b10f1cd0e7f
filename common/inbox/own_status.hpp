// The STATUS.txt of a sealed session's folder, as a sign of whose the folder is.
#pragma once

#include <string>

#include "common/catalogue/rows.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

// What the seal writes; later ones begin with the session's name (kStatusBegins).
inline constexpr std::string_view kSealedStatus = "queued: waits for its turn to be burned\n";
inline constexpr std::string_view kStatusBegins = "session: ";

// Whether burnbox wrote the STATUS.txt in `folder`. Errors: those of reading; Errc::not_found is none: false.
[[nodiscard]] Result<bool> has_own_status(FileSystem& fs, const std::string& folder);
// And did so for this session, as far as it says.
[[nodiscard]] Result<bool> has_status_of(FileSystem& fs, const std::string& folder, const SessionRow& row);

}  // namespace burnbox
