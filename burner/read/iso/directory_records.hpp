// The records of one folder (ECMA-119 9.1), of either tree, block by block. Thread: one at a time.
#pragma once

#include <array>
#include <functional>

#include "burner/read/iso/block_cache.hpp"
#include "burner/read/iso/iso_volume.hpp"

namespace burnbox {

struct DirectoryRecord {
    static constexpr std::uint8_t kFolder = 2, kAssociated = 4, kMoreExtents = 128;

    std::uint32_t block = 0;  // where it is
    std::uint32_t offset = 0;
    std::uint32_t lba = 0;  // of its extent
    std::uint32_t bytes = 0;
    std::uint8_t flags = 0;
    std::int64_t time = 0;  // seconds since 1970 UTC
    IsoBytes identifier;    // one byte 0 or 1: the folder itself, its parent
    IsoBytes system_use;

    [[nodiscard]] bool is_folder() const { return (flags & kFolder) != 0; }
    [[nodiscard]] bool more_extents() const { return (flags & kMoreExtents) != 0; }
    [[nodiscard]] bool is_special(std::uint8_t which) const {
        return identifier.size() == 1 && identifier[0] == which;
    }
};

// The record at the beginning of these bytes, which reach to the end of its block. Errors: corrupt, without
// where.
[[nodiscard]] Result<DirectoryRecord> parse_record(IsoBytes bytes);

class DirectoryRecords {
  public:
    explicit DirectoryRecords(BlockCache& cache) : cache_(cache) {}
    // Calls `use` for each record, in the order of the disc, with bytes that stay until the next one; its
    // error ends the reading. `fault` gets what is no record, and blocks that can't be read; what follows in
    // the next block is used all the same.
    using Use = std::function<Status(const DirectoryRecord& record)>;
    using Fault = std::function<void(std::uint32_t block, const std::string& what)>;
    [[nodiscard]] Status read(const DirectoryExtent& extent, const Use& use, const Fault& fault);

  private:
    [[nodiscard]] Status read_block(std::uint32_t lba, const Use& use, const Fault& fault);

    BlockCache& cache_;
    std::array<std::uint8_t, kBlockBytes> block_{};
};

}  // namespace burnbox
