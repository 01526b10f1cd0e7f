// One file of a folder that other programs use, copied for a session that burnbox fills itself. By reflink
// where the file system can, else byte for byte; never by a hard link: the original may be written to in
// place later, and a second name would change its ctime. The original is only read, without a trace in its
// atime where the kernel allows that.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "common/base/digest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::intake {

// Whether a file may have other content than when it was looked at: anything that a write changes.
[[nodiscard]] bool same_moment(const FileInfo& one, const FileInfo& other);

struct CopyFrom {
    FileSystem& fs;
    std::string path;
    FileInfo expected;  // as the walk saw it
};

struct CopyFailure {
    bool of_original = false;  // it alone is concerned: others may still be copied
    Error error;
};

// Returns the digest of exactly what is in the copy. Failures of the original: Errc::conflict when it is not
// what the walk saw or changed while it was read, Errc::not_found when it is gone, whatever reading says. Of
// the copy: Errc::cancelled by `stop`, whatever writing says. After a failure there is no copy. Blocks.
[[nodiscard]] std::expected<Sha256, CopyFailure> copy_file(const CopyFrom& from, FileSystem& to,
                                                           const std::string& to_path,
                                                           const std::stop_token& stop);

// The same digest without a copy.
[[nodiscard]] std::expected<Sha256, CopyFailure> read_digest(const CopyFrom& from,
                                                             const std::stop_token& stop);

}  // namespace burnbox::intake
