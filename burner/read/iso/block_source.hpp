// BlockSource: the seam between the reader of discs and where their blocks come from: an image, a drive, a
// tree that is still to be written. Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/error.hpp"

namespace burnbox {

inline constexpr std::uint64_t kBlockBytes = 2048;

class BlockSource {
  public:
    virtual ~BlockSource() = default;
    // Fills the buffer, whole blocks, from block `lba` on. The reader asks for more than it needs; when that
    // fails it asks again for the one block. Errors: io and corrupt judge what is on the disc; all others say
    // that the drive or the disc is gone, and end the reading.
    [[nodiscard]] virtual Status read(std::uint32_t lba, std::span<std::byte> buffer) = 0;
    // The first block behind the last one; nothing is read from there on.
    [[nodiscard]] virtual std::uint32_t end_lba() const = 0;
};

// Blocks in memory, from `start_lba` on. The memory must outlive it.
class MemoryBlocks : public BlockSource {
  public:
    // `end_lba`: of the disc that these blocks are a part of; 0 = they are all. What is not in memory is an
    // error of kind corrupt.
    explicit MemoryBlocks(std::span<const std::byte> bytes, std::uint32_t start_lba = 0,
                          std::uint32_t end_lba = 0);
    [[nodiscard]] Status read(std::uint32_t lba, std::span<std::byte> buffer) override;
    [[nodiscard]] std::uint32_t end_lba() const override { return end_lba_; }

  private:
    std::span<const std::byte> bytes_;
    std::uint32_t start_lba_;
    std::uint32_t end_lba_;
};

// Blocks of a file. The descriptor is borrowed.
class FileBlocks : public BlockSource {
  public:
    // Errors: those of fstat().
    [[nodiscard]] static Result<FileBlocks> of(int fd);
    [[nodiscard]] Status read(std::uint32_t lba, std::span<std::byte> buffer) override;
    [[nodiscard]] std::uint32_t end_lba() const override { return end_lba_; }

  private:
    FileBlocks(int fd, std::uint32_t end_lba) : fd_(fd), end_lba_(end_lba) {}
    int fd_;
    std::uint32_t end_lba_;
};

// Whether an error of a source judges the disc; the others say nothing about it.
[[nodiscard]] inline bool judges_the_disc(const Error& error) {
    return error.code == Errc::io || error.code == Errc::corrupt;
}

}  // namespace burnbox
