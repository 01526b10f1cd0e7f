// An entry of a staging folder compared with what was sealed.
#pragma once

#include <string>

#include "common/session/manifest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

// Whether what lies at `path` is what `entry` says: its type, a link's target, a file's size and every byte
// of it. Modes and times are not asked. Errors: Errc::not_found; those of reading. Blocks for as long as
// reading takes.
[[nodiscard]] Result<bool> is_as_sealed(FileSystem& fs, const std::string& path, const ManifestEntry& entry);

// Removes it when it is as sealed; false: it isn't, or somebody wrote to it meanwhile, and it stays.
// Errc::not_found: it is gone; Errc::exists: a folder that something is in. Blocks.
[[nodiscard]] Result<bool> remove_as_sealed(FileSystem& fs, const std::string& path,
                                            const ManifestEntry& entry);

}  // namespace burnbox
