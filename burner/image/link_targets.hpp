// Symbolic links whose targets libisofs would write wrong, or in a way that readers take in differently. A
// slash at the end of a target is an empty component behind it in Rock Ridge (RRIP 1.12, 4.1.3.1); libisofs
// leaves it out. A component of 249 bytes or more that begins near the end of an SL field and is not the last
// comes out twice. Where a component ends with its field and the next field goes on, libarchive puts no
// slash: fields end in the middle of a component here, or with an empty one that is continued. Such a target
// is handed over in another spelling that has as many bytes on the disc, and the flags of its components are
// set right in the tree's blocks afterwards. Pure.
#pragma once

#include <string>
#include <string_view>

#include "burner/image/tree_records.hpp"

namespace burnbox {

constexpr std::size_t kLongestSpelling = 1024;  // libisofs takes no longer one

// The spelling to hand to libisofs; the target itself when that is written right.
[[nodiscard]] std::string spelled_for_library(std::string_view target);

// Sets the flags in the SL fields of a link's record, which libisofs made of the spelling, so that it has the
// target. False when they are not as libisofs makes them.
[[nodiscard]] Result<bool> set_link_target(const TreeBlocks& tree, const TreeRecord& record,
                                           std::string_view target);

}  // namespace burnbox
