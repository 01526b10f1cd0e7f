// The File and Folder of PosixFileSystem, and stat and times as the project's types.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>

#include "common/base/unique_fd.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::posix {

[[nodiscard]] FileType file_type(mode_t mode);
[[nodiscard]] FileInfo to_file_info(const struct stat& facts);
[[nodiscard]] timespec to_timespec(Timestamp time);

// `path` is for messages.
[[nodiscard]] std::unique_ptr<File> make_file(UniqueFd fd, std::string path);
[[nodiscard]] std::unique_ptr<Folder> make_folder(UniqueFd fd, std::string path);

}  // namespace burnbox::posix
