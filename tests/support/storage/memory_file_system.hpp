// MemoryFileSystem: a FileSystem in memory that knows what is durable, so that tests can cut the power.
// Model, at least as harsh as any real file system: a file's content and metadata are durable after
// File::sync or sync_all, a folder's entries (what was made, renamed or removed in it) after sync_folder of
// that folder or sync_all. crash() brings everything else back to what was durable: unsynced entries vanish,
// unsynced renames and removals are undone, unsynced content is the last durable one. Files that were open
// before a crash fail from then on. Subtrees are views of the same store. Threads: any, like every
// FileSystem.
#pragma once

#include <memory>
#include <string>

#include "common/base/clock.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::test {

struct MemoryNode;
struct MemoryStore;

class MemoryFileSystem final : public FileSystem {
  public:
    // host_path() of the root; nothing is there. The clock gives mtime and ctime.
    explicit MemoryFileSystem(std::string host_root = "/memory", const Clock& clock = system_clock());
    MemoryFileSystem(std::shared_ptr<MemoryStore> store, std::shared_ptr<MemoryNode> root,
                     std::string host_root);
    ~MemoryFileSystem() override;

    void crash();  // power loss
    void kill();   // kill -9: nothing is lost, but open files are gone

    // No room for more than this many bytes of content in the whole store: ENOSPC.
    void limit_bytes(std::uint64_t most_bytes);
    // Changes the content of a file behind everybody's back, durably: a bad disk.
    void corrupt(const std::string& path, std::uint64_t offset);
    // Up to where a file's space is reserved and was not given back.
    [[nodiscard]] std::uint64_t reserved_bytes(const std::string& path);

    Result<std::unique_ptr<File>> open(const std::string& path, const OpenMode& mode) override;
    Result<std::unique_ptr<Folder>> open_folder(const std::string& path) override;
    Result<FileInfo> info(const std::string& path) override;
    Status make_folder(const std::string& path, std::uint32_t permissions) override;
    Status remove_folder(const std::string& path) override;
    Status remove(const std::string& path) override;
    Status rename(const std::string& from, const std::string& to, RenameMode mode) override;
    Status make_symlink(const std::string& target, const std::string& path) override;
    Status make_hardlink(const std::string& existing, const std::string& path) override;
    Result<std::string> read_symlink(const std::string& path) override;
    Status set_mode(const std::string& path, std::uint32_t mode) override;
    Status set_times(const std::string& path, Timestamp atime, Timestamp mtime) override;
    Status sync_folder(const std::string& path) override;
    Status sync_all() override;
    Result<Space> space() override;
    Result<std::unique_ptr<FileSystem>> subtree(const std::string& path) override;
    std::string host_path(const std::string& path) const override;

  private:
    struct Place;
    Result<std::shared_ptr<MemoryNode>> walk(std::string_view operation, const std::string& path) const;
    Result<Place> parent_of(std::string_view operation, const std::string& path) const;

    std::shared_ptr<MemoryStore> store_;
    std::shared_ptr<MemoryNode> root_;
    std::string host_root_;
};

}  // namespace burnbox::test
