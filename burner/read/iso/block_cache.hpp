// Blocks of a source, read in larger pieces and kept for a while: folders lie side by side, and what belongs
// to one lies near it. Threads: one at a time.
#pragma once

#include <array>
#include <vector>

#include "burner/read/iso/block_source.hpp"
#include "burner/read/iso/iso_fields.hpp"
#include "common/base/page_memory.hpp"

namespace burnbox {

class BlockCache {
  public:
    // Nothing is read from block `end_lba` on, nor behind the end of the source.
    BlockCache(BlockSource& source, std::uint64_t end_lba);
    // One block, until the next call. Errors: corrupt when it lies behind the end; those of the source.
    [[nodiscard]] Result<IsoBytes> block(std::uint32_t lba);
    [[nodiscard]] std::uint32_t end_lba() const { return end_lba_; }

  private:
    static constexpr std::uint32_t kPieceBlocks = 128;
    static constexpr std::size_t kPieces = 8;
    static constexpr std::uint32_t kNone = UINT32_MAX;
    struct Piece {
        std::uint32_t first = kNone;
        std::uint32_t blocks = 0;
        std::uint64_t used = 0;
        PageMemory memory;
    };
    [[nodiscard]] Piece& oldest();
    [[nodiscard]] IsoBytes block_of(Piece& piece, std::uint32_t lba);

    BlockSource& source_;
    const std::uint32_t end_lba_;
    std::array<Piece, kPieces> pieces_;
    Piece* last_ = nullptr;
    std::uint64_t uses_ = 0;
};

}  // namespace burnbox
