// What can't be told to libisofs, put right in the tree that it made, before it is proven and written: names
// of entries that have another one in Joliet (common/session/joliet_names.hpp), and targets of links
// (link_targets.hpp). Nothing changes its place or size. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// An entry as it is meant; empty = as libisofs writes it.
struct RockRidgeEntry {
    std::string name;
    std::string link_target;
};

// By path from the disc's root, without leading '/', in the names that libisofs has.
using RockRidgePatch = std::map<std::string, RockRidgeEntry, std::less<>>;

// `tree` is all that is written before the first file's content, in blocks of 2048 bytes; it goes to
// `start_lba` of the disc. Errors: corrupt when an entry is not there, or not as libisofs writes it.
[[nodiscard]] Status apply(const RockRidgePatch& patch, std::span<std::byte> tree, std::uint32_t start_lba);

}  // namespace burnbox
