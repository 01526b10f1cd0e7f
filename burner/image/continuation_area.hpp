// Rock Ridge fields that don't fit into their directory record go into the folder's continuation area (SUSP
// 1.12, 5.1), and no record's part of it may cross a block. libisofs up to 1.5.4 counts the gap that it
// leaves before a block's end twice when a name or a link target is the field that would cross, so that a
// folder with many long names comes out shorter than computed and its image is unusable. It counts right when
// all such fields fit and only what follows them crosses. So each record of such a folder gets padding (PD,
// SUSP 5.2) of a size with which, in whatever order the records come, a block is always left by padding.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace burnbox {

// What a node's records put into the continuation area, in bytes. The ISO 9660 name that libisofs makes of
// its name decides how much room the directory record has; where that is not known, least and most differ.
struct ContinuationNeed {
    std::size_t least = 0;
    std::size_t most = 0;     // 0 = it needs none
    std::size_t records = 1;  // a file has one for each of its extents
};

// `name` in UTF-8; `link_target` as it is handed to libisofs, empty for folders and files.
[[nodiscard]] ContinuationNeed continuation_need(std::string_view name, bool folder,
                                                 std::string_view link_target);

// Lengths in bytes of the padding fields, each within [5, 250], that a node's records get.
using PaddingFields = std::vector<std::size_t>;

// How the padding of one folder is chosen.
class ContinuationPadding {
  public:
    // `needs` of all nodes of the folder that need any; `used` bytes of the area are taken before them (182
    // in the root folder, else 0).
    ContinuationPadding(std::span<const ContinuationNeed> needs, std::size_t used);

    // Whether the nodes need padding at all: an area of one block is always right.
    [[nodiscard]] bool needed() const { return needed_; }
    // False: no padding makes the folder right. Only with link targets that need nearly a block.
    [[nodiscard]] bool possible() const { return !needed_ || smallest_ > 0 || tail_ > 0; }
    // In the order they are written; empty where a node needs none.
    [[nodiscard]] PaddingFields fields(const ContinuationNeed& need) const;
    // What the folder's area takes at most, in blocks of 2048 bytes.
    [[nodiscard]] std::uint64_t blocks() const;

  private:
    [[nodiscard]] std::size_t largest(std::size_t smallest) const;
    [[nodiscard]] bool fits_within_blocks(std::size_t smallest) const;
    [[nodiscard]] bool choose_within_blocks();
    [[nodiscard]] bool choose_across_blocks();

    std::size_t used_;
    std::size_t sum_ = 0;
    std::uint64_t records_ = 0;
    std::size_t most_ = 0;         // of all needs
    std::size_t most_unsure_ = 0;  // of those that may need nothing
    std::size_t spread_ = 0;       // the largest difference between a need's most and least
    std::size_t smallest_ = 0;     // every node gets as many bytes at least; 0 = not chosen
    std::size_t tail_ = 0;  // or every node fills its block, and this much goes into the next; 0 = not chosen
    bool needed_ = false;
};

}  // namespace burnbox
