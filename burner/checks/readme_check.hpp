// The disc's README.txt, compared with what it has to be. It is in no manifest, so nothing else proves it.
// Thread: the operation's.
#pragma once

#include "burner/media/opened_disc.hpp"
#include "burner/read/compare.hpp"

namespace burnbox {

// Of a disc that an earlier run has begun, perhaps another version with another text: it has to be readable
// and to name this disc in its first lines, as every version's does. Errors say nothing about the disc.
[[nodiscard]] Status check_older_readme(OpenedDisc& disc, const ReadTree& tree, const DiscIdentity& identity,
                                        Mismatches& mismatches);

}  // namespace burnbox
