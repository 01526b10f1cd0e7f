#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/support/storage/memory_store.hpp"

namespace burnbox::test {
namespace {

class MemoryFile final : public File {
  public:
    MemoryFile(std::shared_ptr<MemoryStore> store, std::shared_ptr<MemoryNode> node, const OpenMode& mode,
               std::string path)
        : store_(std::move(store)),
          node_(std::move(node)),
          mode_(mode),
          path_(std::move(path)),
          generation_(store_->generation) {}

    Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("read", mode_.read));
        const std::string& content = node_->now.content;
        if (offset >= content.size()) return std::size_t{0};
        const std::size_t count = std::min<std::size_t>(buffer.size(), content.size() - offset);
        std::memcpy(buffer.data(), content.data() + offset, count);
        return count;
    }

    Status write_at(std::span<const std::byte> data, std::uint64_t offset) override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("write", mode_.write));
        if (data.empty()) return {};
        if (mode_.append) offset = node_->now.content.size();
        const std::uint64_t end = offset + data.size();
        if (end > node_->now.content.size()) BB_CHECK(resize("write", end));
        std::memcpy(node_->now.content.data() + offset, data.data(), data.size());
        store_->touch(*node_, true);
        return {};
    }

    Status truncate(std::uint64_t size_bytes) override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("truncate", mode_.write));
        BB_CHECK(resize("truncate", size_bytes));
        node_->reserved_bytes = 0;
        store_->touch(*node_, true);
        return {};
    }

    Result<FileInfo> info() override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("stat", true));
        return node_->now.info;
    }

    Status set_mode(std::uint32_t mode) override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("set mode of", true));
        node_->now.info.mode = mode & 07777U;
        store_->touch(*node_, false);
        return {};
    }

    Status set_times(Timestamp atime, Timestamp mtime) override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("set times of", true));
        node_->now.info.atime = atime;
        node_->now.info.mtime = mtime;
        store_->touch(*node_, false);
        return {};
    }

    Status sync() override {
        const std::lock_guard lock(store_->mutex);
        BB_CHECK(check("fsync", true));
        MemoryStore::make_durable(*node_);
        return {};
    }

    void reserve(std::uint64_t offset, std::uint64_t length) override {
        const std::lock_guard lock(store_->mutex);
        node_->reserved_bytes = std::max(node_->reserved_bytes, offset + length);
    }

  private:
    [[nodiscard]] Status check(std::string_view operation, bool allowed) const {
        if (generation_ != store_->generation) return fail_errno(operation, path_, EIO);
        if (!allowed) return fail_errno(operation, path_, EBADF);
        return {};
    }

    Status resize(std::string_view operation, std::uint64_t size_bytes) {
        std::string& content = node_->now.content;
        if (size_bytes > content.size() &&
            store_->used_bytes + (size_bytes - content.size()) > store_->most_bytes)
            return fail_errno(operation, path_, ENOSPC);
        store_->used_bytes += size_bytes - content.size();  // modulo 2^64, when it shrinks
        content.resize(size_bytes);
        node_->now.info.size_bytes = size_bytes;
        return {};
    }

    std::shared_ptr<MemoryStore> store_;
    std::shared_ptr<MemoryNode> node_;
    OpenMode mode_;
    std::string path_;
    std::uint64_t generation_;
};

class MemoryFolder final : public Folder {
  public:
    explicit MemoryFolder(std::vector<DirEntry> entries) : entries_(std::move(entries)) {}

    Result<std::vector<DirEntry>> next(std::size_t most) override {
        const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(at_);
        at_ = std::min(entries_.size(), at_ + most);
        return std::vector<DirEntry>(begin, entries_.begin() + static_cast<std::ptrdiff_t>(at_));
    }

  private:
    std::vector<DirEntry> entries_;
    std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<File> open_memory_file(std::shared_ptr<MemoryStore> store, std::shared_ptr<MemoryNode> node,
                                       const OpenMode& mode, std::string path) {
    return std::make_unique<MemoryFile>(std::move(store), std::move(node), mode, std::move(path));
}

std::unique_ptr<Folder> open_memory_folder(const MemoryNode& node) {
    std::vector<DirEntry> entries;
    for (const auto& [name, child] : node.now.entries) entries.push_back({name, child->now.info.type});
    // Never in order of their names, as with real ones: nobody may rely on it.
    std::ranges::reverse(entries);
    return std::make_unique<MemoryFolder>(std::move(entries));
}

}  // namespace burnbox::test
