// The part of a disc session that no seal record covers, compared with what was burned: a wrong bit in a
// descriptor or folder may hide a file from one reader and not from the next. Thread: the operation's.
#pragma once

#include "burner/media/opened_disc.hpp"
#include "burner/read/iso/mismatches.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

// Reads the blocks. A difference, or a block that can't be read, goes to the mismatches. An error says
// nothing about the disc: the drive or the medium is gone.
[[nodiscard]] Status check_tree(OpenedDisc& disc, const TreeArea& tree, Mismatches& mismatches);

}  // namespace burnbox
