// The volume descriptors of one disc session (ECMA-119 8): where its trees begin, and who it is.
#pragma once

#include <optional>
#include <string>

#include "burner/read/iso/block_source.hpp"
#include "burner/read/iso/mismatches.hpp"

namespace burnbox {

struct DirectoryExtent {
    std::uint32_t lba = 0;
    std::uint32_t bytes = 0;  // whole blocks
    [[nodiscard]] std::uint32_t blocks() const { return bytes / kBlockBytes; }
};

struct PathTableFacts {  // 6.9, 8.4.14 to 8.4.18
    std::uint32_t bytes = 0;
    std::uint32_t little_lba = 0;
    std::uint32_t big_lba = 0;
    std::uint32_t other_little_lba = 0;  // 0 = there is no second copy
    std::uint32_t other_big_lba = 0;
};

struct IsoDescriptor {
    std::uint32_t block = 0;   // where it is
    std::string label;         // volume identifier, 8.4.7
    std::string volume_set;    // volume set identifier, 8.4.13: the disc's serial
    std::string system;        // 8.4.6
    std::string publisher;     // 8.4.14
    std::string preparer;      // 8.4.15
    std::string application;   // 8.4.16
    std::int64_t created = 0;  // seconds since 1970 UTC; 0 = not given
    std::uint32_t blocks = 0;  // volume space size
    DirectoryExtent root;
    PathTableFacts path_tables;
};

struct IsoVolume {
    std::uint32_t start_lba = 0;  // of the disc session
    IsoDescriptor primary;
    std::optional<IsoDescriptor> joliet;
    std::uint32_t terminator_lba = 0;
    // The first block behind the disc session: its start and its size, which counts from there.
    [[nodiscard]] std::uint64_t end_lba() const { return std::uint64_t{start_lba} + primary.blocks; }
};

// Reads the descriptors from block start_lba + 16 on. Errors: not_found when there is no primary one, no
// terminator, or a field without which nothing can be read (corrupt, with the block's number); those of the
// source. What else is wrong goes to `faults`.
[[nodiscard]] Result<IsoVolume> read_volume(BlockSource& source, std::uint32_t start_lba, Mismatches& faults);
// The same; every fault is an error, corrupt.
[[nodiscard]] Result<IsoVolume> read_volume(BlockSource& source, std::uint32_t start_lba);

}  // namespace burnbox
