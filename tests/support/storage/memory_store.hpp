// What MemoryFileSystem keeps: nodes in two versions, as programs see them and as a crash would leave them.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/base/clock.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::test {

struct MemoryNode {
    struct Version {
        FileInfo info;
        std::string content;                                         // of a file; the target of a link
        std::map<std::string, std::shared_ptr<MemoryNode>> entries;  // of a folder
    };
    Version now;
    Version durable;
    bool dirty = true;
    std::uint64_t reserved_bytes = 0;  // of a file, ahead of its end
};

struct MemoryStore {
    explicit MemoryStore(const Clock& its_clock) : clock(its_clock) {}

    std::mutex mutex;
    const Clock& clock;
    std::uint64_t generation = 0;  // +1 at every crash: handles from before are stale
    std::uint64_t next_inode = 1;
    std::uint64_t used_bytes = 0;
    std::uint64_t most_bytes = 1ULL << 50U;

    [[nodiscard]] std::shared_ptr<MemoryNode> make(FileType type, std::uint32_t mode) {
        auto node = std::make_shared<MemoryNode>();
        const Timestamp time = clock.now();
        node->now.info = {.type = type,
                          .mode = mode & 07777U,
                          .links = type == FileType::folder ? 2U : 1U,
                          .inode = next_inode++,
                          .device = 0,  // on no disk
                          .atime = time,
                          .mtime = time,
                          .ctime = time};
        node->durable = node->now;
        return node;
    }
    // A content change when `content`, else one of metadata only.
    void touch(MemoryNode& node, bool content) {
        node.dirty = true;
        node.now.info.ctime = clock.now();
        if (content) node.now.info.mtime = node.now.info.ctime;
    }
    static void make_durable(MemoryNode& node) {
        if (!node.dirty) return;
        node.durable = node.now;
        node.dirty = false;
    }
};

// Opens a node that is a file.
[[nodiscard]] std::unique_ptr<File> open_memory_file(std::shared_ptr<MemoryStore> store,
                                                     std::shared_ptr<MemoryNode> node, const OpenMode& mode,
                                                     std::string path);
// The entries as they are now.
[[nodiscard]] std::unique_ptr<Folder> open_memory_folder(const MemoryNode& node);

}  // namespace burnbox::test
