// Blocks of an image that are kept back until they are proven: in memory, or, when they are many, in a file
// without a name. Thread: one at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// From this size on they go to a file: a disc with a million files has a tree of 300 MB.
inline constexpr std::size_t kMostBytesInMemory = 32U << 20U;

class KeptBlocks {
  public:
    KeptBlocks() = default;
    // `spool_folder` is a host path, "" = TMPDIR, else /tmp; it is asked for only when a file is needed. The
    // space is there when it returns. Errors: no_space and what the file system says.
    [[nodiscard]] static Result<KeptBlocks> make(std::size_t size_bytes, const std::string& spool_folder,
                                                 std::size_t most_in_memory = kMostBytesInMemory);
    ~KeptBlocks();
    KeptBlocks(KeptBlocks&& other) noexcept;
    KeptBlocks& operator=(KeptBlocks&& other) noexcept;

    [[nodiscard]] std::span<std::byte> bytes() { return {data_, size_bytes_}; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_bytes_}; }

  private:
    KeptBlocks(std::byte* data, std::size_t size_bytes) : data_(data), size_bytes_(size_bytes) {}
    std::byte* data_ = nullptr;  // mapped
    std::size_t size_bytes_ = 0;
};

}  // namespace burnbox
