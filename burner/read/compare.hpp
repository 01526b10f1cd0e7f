// What a disc's tree is compared with: the entries it has to hold, or the older tree that it goes on with.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "burner/read/iso/mismatches.hpp"
#include "burner/read/read_tree.hpp"
#include "common/bag/bag.hpp"

namespace burnbox {

inline constexpr std::string_view kReadmeName = "README.txt";

struct FileOnDisc {
    const DiscEntry* entry;               // what it should be
    std::span<const TreeExtent> extents;  // of the tree: where its content is; none when it is empty
};

// Compares everything but contents: types, modes, owner 0, times, link targets, sizes, and that Joliet has it
// when the disc has Joliet; and reports what lies in the folder `top` and is not among the entries. `entries`
// are sorted by path, as disc_entries() gives them; "" is the whole disc, where README.txt may lie beside
// them. Files whose content is to be read are appended.
void compare_session(const ReadTree& tree, const std::vector<DiscEntry>& entries, const std::string& top,
                     Mismatches& mismatches, std::vector<FileOnDisc>& files);

// One entry that lies elsewhere.
void compare_entry(const ReadTree& tree, const DiscEntry& entry, Mismatches& mismatches,
                   std::vector<FileOnDisc>& files);

// Whether all that the disc's older tree holds is in the new one with the same attributes and extents, and
// nothing else but what lies below `added` (paths of folders or files) and the folders that lead there.
void compare_with_older(const ReadTree& older, const ReadTree& newer, const std::vector<std::string>& added,
                        Mismatches& mismatches);

}  // namespace burnbox
