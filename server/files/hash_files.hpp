// SHA-256 of files on the disk, on the disk pool.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/digest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::upload {

struct HashedFile {
    Sha256 sha256;
    FileInfo info;
};

// Reads the whole file. Errors: Errc::conflict when it changed meanwhile; those of the file system. Blocks.
[[nodiscard]] Result<HashedFile> hash_file(FileSystem& fs, const std::string& path);

// All of them, one result a path, in order. Other threads of the pool help when they are free; the caller
// waits only for files that some thread is working on, so that a full pool can't lock itself up. Blocks.
[[nodiscard]] std::vector<Result<HashedFile>> hash_files(
    FileSystem& fs, std::vector<std::string> paths,
    const std::function<void(std::function<void()>)>& run_blocking);

}  // namespace burnbox::upload
