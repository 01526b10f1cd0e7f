// A copy of a session that shares its blocks with the originals (reflink): what is burned is then what was
// sealed, whoever goes on writing in the watched folder. Made only where the file system can; elsewhere the
// originals are read in place, and the digests on the way to the disc say whether they changed.
#pragma once

#include <set>
#include <string>

#include "common/session/manifest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

// Where the copy of a session lies on the FileSystem of state_dir: burn jobs look for it.
[[nodiscard]] std::string staged_copy_path(const std::string& seal_id);

// Copies the manifest's files from `host_folder` to staged_copy_path(), durably. False when the file system
// can't: then nothing is left there. Blocks.
[[nodiscard]] bool make_staged_copy(FileSystem& state_fs, const std::string& seal_id,
                                    const std::string& host_folder, const Manifest& manifest);

// Missing is fine.
[[nodiscard]] Status remove_staged_copy(FileSystem& state_fs, const std::string& seal_id);
// Removes the copies that no session needs any more: what crashes and deleted sessions left. Blocks.
[[nodiscard]] Status remove_stale_copies(FileSystem& state_fs, const std::set<std::string>& needed_seal_ids);

}  // namespace burnbox
