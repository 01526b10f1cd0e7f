// A copy of a session that shares its blocks with the originals (reflink): what is burned is then what was
// sealed, whoever goes on writing in the watched folder. Made only where the file system can; elsewhere the
// originals are read in place, and the digests on the way to the disc say whether they changed.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/catalogue/catalogue.hpp"
#include "common/session/manifest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

// Copies the manifest's files from `host_folder` to the FileSystem of state_dir, durably. False when the file
// system can't, and for a session in an inbox: then nothing is left there. Blocks.
[[nodiscard]] bool make_staged_copy(FileSystem& state_fs, const SessionRow& row,
                                    const std::string& host_folder, const Manifest& manifest);

// Where the copy of a session, or of the whole one that this is a part of, lies on the FileSystem of
// state_dir. Nothing: it has none.
[[nodiscard]] std::optional<std::string> find_staged_copy(FileSystem& state_fs, const SessionRow& row);

// Missing is fine.
[[nodiscard]] Status remove_staged_copy(FileSystem& state_fs, const SessionRow& row);
// All that is kept in state_dir of a session that was given up: its seal records and its copy. What can't be
// removed is garbage that nobody looks at.
void remove_session_records(FileSystem& state_fs, const SessionRow& row);
// Removes the copies that no session needs any more: what crashes and deleted sessions left. Blocks.
[[nodiscard]] Status remove_stale_copies(FileSystem& state_fs, const std::set<std::string>& needed_seal_ids);

}  // namespace burnbox
