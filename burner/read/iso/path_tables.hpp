// Path tables (ECMA-119 9.4): a second list of all folders, which some readers go by. Thread: one at a time.
#pragma once

#include <string>

#include "burner/read/iso/block_cache.hpp"
#include "burner/read/iso/folder_list.hpp"
#include "burner/read/iso/mismatches.hpp"

namespace burnbox {

// Compares the path tables of one tree, of both byte orders, with its folders: every one of them is there
// once, with its block, its parent and its identifier, and nothing else. `tree`: "primary" or "Joliet", for
// the faults. Errors: those of the source that say nothing about the disc.
[[nodiscard]] Status check_path_tables(BlockCache& cache, const PathTableFacts& tables,
                                       const FolderList& folders, const std::string& tree,
                                       Mismatches& faults);

}  // namespace burnbox
