// FileSystem: the seam between burnbox and the kernel's file systems. A FileSystem is rooted at one folder;
// every path is relative to it ("alice/holiday/a.jpg", "" = the root itself), has no empty, "." or ".."
// component, and is resolved without following any link (openat2 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
// RESOLVE_NO_MAGICLINKS), so nothing outside the root can be seen or touched. Implementations:
// PosixFileSystem; in tests MemoryFileSystem (drops what was not synced at a crash) and FaultyFileSystem
// (fails operation N). Threads: a FileSystem may be used by all threads at once, a File by one at a time.
// Every call may block on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/error.hpp"

namespace burnbox {

enum class FileType : std::uint8_t { file, folder, symlink, other };

struct FileInfo {
    FileType type = FileType::file;
    std::uint64_t size_bytes = 0;
    std::uint32_t mode = 0;  // permission bits only (07777)
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t links = 1;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    Timestamp atime{};
    Timestamp mtime{};
    Timestamp ctime{};
};

struct DirEntry {
    std::string name;
    FileType type = FileType::file;
};

struct OpenMode {
    bool read = false;
    bool write = false;
    bool create = false;
    bool exclusive = false;  // with create: fails with Errc::exists
    bool truncate = false;
    bool append = false;      // every write goes to the end
    bool keep_atime = false;  // reading leaves no trace, where the kernel allows that
    std::uint32_t permissions = 0644;
};

class File {
  public:
    virtual ~File() = default;
    // Reads up to buffer.size() bytes at an offset; 0 = end of file.
    [[nodiscard]] virtual Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) = 0;
    // Writes all of it or fails; after a failure a part may have been written.
    [[nodiscard]] virtual Status write_at(std::span<const std::byte> data, std::uint64_t offset) = 0;
    [[nodiscard]] virtual Status truncate(std::uint64_t size_bytes) = 0;
    [[nodiscard]] virtual Result<FileInfo> info() = 0;
    [[nodiscard]] virtual Status set_mode(std::uint32_t mode) = 0;
    [[nodiscard]] virtual Status set_times(Timestamp atime, Timestamp mtime) = 0;
    // fsync: content and metadata are durable. Reports write-back errors since this File was opened.
    [[nodiscard]] virtual Status sync() = 0;
    // This file, which is empty, becomes a copy of `other` that shares its blocks (reflink). Errors:
    // Errc::unsupported where that can't be done, and nothing has changed.
    [[nodiscard]] virtual Status share_blocks_of(File& /*other*/) {
        return fail(Errc::unsupported, "this file system can't share blocks");
    }
    // Hints, may do nothing: begin write-back of a range; reserve space ahead without changing the size.
    virtual void start_writeback(std::uint64_t /*offset*/, std::uint64_t /*length*/) {}
    virtual void reserve(std::uint64_t /*offset*/, std::uint64_t /*length*/) {}
};

// An open folder, read page by page.
class Folder {
  public:
    virtual ~Folder() = default;
    // Up to `most` entries (without "." and ".."); empty = end.
    [[nodiscard]] virtual Result<std::vector<DirEntry>> next(std::size_t most) = 0;
};

enum class RenameMode : std::uint8_t {
    replace,
    no_replace
};  // no_replace fails with Errc::exists, atomically

class FileSystem {
  public:
    virtual ~FileSystem() = default;

    [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string& path,
                                                             const OpenMode& mode) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Folder>> open_folder(const std::string& path) = 0;
    [[nodiscard]] virtual Result<FileInfo> info(const std::string& path) = 0;  // of the link itself
    [[nodiscard]] virtual Status make_folder(const std::string& path, std::uint32_t permissions) = 0;
    [[nodiscard]] virtual Status remove_folder(const std::string& path) = 0;
    [[nodiscard]] virtual Status remove(const std::string& path) = 0;  // a file or link
    [[nodiscard]] virtual Status rename(const std::string& from, const std::string& to, RenameMode mode) = 0;
    [[nodiscard]] virtual Status make_symlink(const std::string& target, const std::string& path) = 0;
    [[nodiscard]] virtual Status make_hardlink(const std::string& existing, const std::string& path) = 0;
    [[nodiscard]] virtual Result<std::string> read_symlink(const std::string& path) = 0;
    [[nodiscard]] virtual Status set_mode(const std::string& path, std::uint32_t mode) = 0;
    [[nodiscard]] virtual Status set_times(const std::string& path, Timestamp atime,
                                           Timestamp mtime) = 0;  // not through links
    // The folder's entries are durable.
    [[nodiscard]] virtual Status sync_folder(const std::string& path) = 0;
    // syncfs: everything written so far below the root is durable. Reports write-back errors of the file
    // system.
    [[nodiscard]] virtual Status sync_all() = 0;

    struct Space {
        std::uint64_t total_bytes = 0;
        std::uint64_t free_bytes = 0;  // for this process
        std::uint64_t total_inodes = 0;
        std::uint64_t free_inodes = 0;
    };
    [[nodiscard]] virtual Result<Space> space() = 0;

    // A view rooted at a folder below.
    [[nodiscard]] virtual Result<std::unique_ptr<FileSystem>> subtree(const std::string& path) = 0;
    // Host path of an entry, for messages and for the burn workers.
    [[nodiscard]] virtual std::string host_path(const std::string& path) const = 0;
};

// The rule of a FileSystem's paths: no empty, "." or ".." component and no NUL; "" is the root.
// Errc::invalid.
[[nodiscard]] Status check_path(std::string_view path);
// "a" + "b" = "a/b"; an empty side gives the other.
[[nodiscard]] std::string join_path(std::string_view folder, std::string_view name);
[[nodiscard]] std::string_view parent_path(std::string_view path);  // "" for a top-level name
[[nodiscard]] std::string_view base_name(std::string_view path);
// All entries of one folder, sorted by name bytewise.
[[nodiscard]] Result<std::vector<DirEntry>> list_folder(FileSystem& fs, const std::string& path);
[[nodiscard]] Result<std::string> read_file(FileSystem& fs, const std::string& path,
                                            std::uint64_t most_bytes);
// make_folder for every missing component; existing ones are fine.
[[nodiscard]] Status make_folders(FileSystem& fs, const std::string& path, std::uint32_t permissions);
[[nodiscard]] Status remove_tree(FileSystem& fs, const std::string& path);

}  // namespace burnbox
