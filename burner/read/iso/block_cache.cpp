#include "burner/read/iso/block_cache.hpp"

#include <algorithm>

namespace burnbox {

BlockCache::BlockCache(BlockSource& source, std::uint64_t end_lba)
    : source_(source),
      end_lba_(static_cast<std::uint32_t>(std::min<std::uint64_t>(end_lba, source.end_lba()))) {}

BlockCache::Piece& BlockCache::oldest() {
    Piece& piece = *std::ranges::min_element(pieces_, {}, &Piece::used);
    if (piece.memory.empty()) piece.memory = PageMemory(kPieceBlocks * kBlockBytes);
    return piece;
}

IsoBytes BlockCache::block_of(Piece& piece, std::uint32_t lba) {
    piece.used = ++uses_;
    last_ = &piece;
    const auto bytes = piece.memory.bytes().subspan((lba - piece.first) * kBlockBytes, kBlockBytes);
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

Result<IsoBytes> BlockCache::block(std::uint32_t lba) {
    const auto holds = [lba](const Piece& piece) {
        return piece.first != kNone && lba >= piece.first && lba - piece.first < piece.blocks;
    };
    if (last_ != nullptr && holds(*last_)) return block_of(*last_, lba);
    if (const auto found = std::ranges::find_if(pieces_, holds); found != pieces_.end())
        return block_of(*found, lba);
    if (lba >= end_lba_)
        return fail(Errc::corrupt, "block " + std::to_string(lba) +
                                       " lies behind the end of the disc session, block " +
                                       std::to_string(end_lba_));
    Piece& piece = oldest();
    last_ = nullptr;
    piece.first = lba - lba % kPieceBlocks;
    piece.blocks = std::min(kPieceBlocks, end_lba_ - piece.first);
    if (source_.read(piece.first, piece.memory.bytes().first(piece.blocks * kBlockBytes)))
        return block_of(piece, lba);
    piece.first = kNone;  // what is asked for may be readable all the same
    BB_CHECK(source_.read(lba, piece.memory.bytes().first(kBlockBytes)));
    piece.first = lba;
    piece.blocks = 1;
    return block_of(piece, lba);
}

}  // namespace burnbox
