// Reads many files' contents from a disc in the order they lie on it, in large blocks, one thread ahead of
// whoever uses them: a disc read file by file, or by a thread that also hashes, takes several times as long.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "burner/read/read_tree.hpp"
#include "common/base/error.hpp"
#include "common/base/page_memory.hpp"

namespace burnbox {

struct Extent {
    std::size_t file;  // the user's number
    std::uint32_t lba;
    std::uint64_t bytes;
};

// Those of one file of a disc's tree.
[[nodiscard]] std::vector<Extent> to_extents(std::size_t file, std::span<const TreeExtent> extents);

class ContentReader {
  public:
    // Fills the buffer from the block on. Called by the reading thread only.
    using ReadBlocks = std::function<Status(std::uint32_t lba, std::span<std::byte> buffer)>;
    struct Piece {
        std::size_t file;
        std::span<const std::byte> data;  // until the next call
    };

    // A file's extents stand together and in order; files best by their first block. Reads begin at multiples
    // of `alignment_blocks` and are of multiples of it, up to that much behind what the extents need; memory
    // is aligned likewise.
    ContentReader(const std::vector<Extent>& extents, std::uint32_t alignment_blocks, ReadBlocks read);
    ~ContentReader();
    ContentReader(const ContentReader&) = delete;
    ContentReader& operator=(const ContentReader&) = delete;

    [[nodiscard]] bool at_end() const { return next_slice_ == slices_.size(); }
    [[nodiscard]] std::size_t next_file() const { return slices_[next_slice_].file; }
    // The next part of the extents, in their order. After an error the next call goes on behind what can't be
    // read.
    [[nodiscard]] Result<Piece> next();

  private:
    struct Window {  // read at once
        std::uint32_t lba;
        std::uint32_t blocks;
    };
    struct Slice {  // a part of an extent inside one window
        std::size_t file;
        std::size_t window;
        std::size_t offset;
        std::size_t bytes;
    };
    struct Buffer {
        PageMemory memory;
        std::size_t window = 0;
        bool full = false;
        Status status;
    };

    void lay_out(const std::vector<Extent>& extents);
    // Returns how many of the bytes fit into a window.
    std::uint64_t add_slice(std::size_t file, std::uint32_t lba, std::uint64_t bytes);
    void read_ahead(const std::stop_token& stop);

    const std::uint32_t alignment_blocks_;
    ReadBlocks read_;
    std::vector<Window> windows_;
    std::vector<Slice> slices_;
    std::size_t next_slice_ = 0;
    std::vector<Buffer> buffers_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::jthread thread_;  // last: it uses the rest
};

}  // namespace burnbox
