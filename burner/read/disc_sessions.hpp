// The disc sessions on a medium without a table of contents, an image: found on itself, not told by a record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "burner/read/iso/block_source.hpp"

namespace burnbox {

struct DiscSession {
    std::uint32_t start_lba = 0;
    std::uint32_t end_lba = 0;  // the first block behind it
    std::string label;
    std::string serial;
    std::string fault{};  // why it is not whole; empty = descriptors, tree and all its blocks are there

    [[nodiscard]] bool whole() const { return fault.empty(); }
};

struct DiscSessions {
    std::vector<DiscSession> all;        // in the order of the disc, broken ones too
    std::optional<std::size_t> at_head;  // the one whose descriptors blocks 0 to 31 are a copy of
};

// How much is read of each: its descriptors alone say that it ends within the image; its tree, that every
// folder can be read and leads only to where it may.
enum class SessionDepth : std::uint8_t { descriptors, trees };

// Starts at block 32; the next disc session is expected at the next multiple of 32 behind the end of the one
// before. Where none is, every further multiple of 32 is tried, to the end of the image: a broken one does
// not hide those behind it. A disc session that says it goes behind the end of the image was cut off and is
// the last. No contents are read. Errors: those of the source that say nothing about the disc.
[[nodiscard]] Result<DiscSessions> find_disc_sessions(BlockSource& source, SessionDepth depth);

}  // namespace burnbox
