// Which PAR2 sets protect a session: what par2 is asked to make, and how large it gets. Pure.
//
// PAR2 knows at most 32,768 blocks a set and at least one block a file, and its work grows with the square of
// the blocks. So a set has at most 2,000 files; its blocks are whole sectors, as small as about 1,000 blocks
// for the bytes and two for each file allow. Files of very different size stand in different sets, where one
// block size for all would make the small ones cost many times their bytes. Files of one set don't lie
// together on the disc: neighbours are dealt out to the sets in turn, so that a scratch hurts all sets a
// little instead of one beyond repair.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/bag/bag.hpp"

namespace burnbox {

struct ParitySet {
    std::vector<std::size_t> files;  // of the files planned for; ascending
    std::uint64_t block_bytes = 0;
    std::uint64_t source_blocks = 0;
    std::uint64_t parity_blocks = 0;
    std::uint64_t estimate_bytes = 0;  // of the set's files on the disc; never too small
};

struct ParityPlan {
    std::vector<ParitySet> sets;
    std::vector<std::size_t> unprotected;  // their names are beyond par2
    [[nodiscard]] std::uint64_t estimate_bytes() const;
};

struct FileToProtect {
    std::string path;  // as PAR2 has it: from ParityPlace::base on
    std::uint64_t size_bytes = 0;
    const DiscEntry* entry = nullptr;
};

// What is protected on the disc: the session's files and the tag files but tagmanifest-sha256.txt, which
// lists the recovery files. `entries` as disc_entries() makes them, without recovery; they must outlive the
// result.
[[nodiscard]] std::vector<FileToProtect> files_to_protect(const std::vector<DiscEntry>& entries,
                                                          const std::string& base);

// Files without content need no protection.
[[nodiscard]] ParityPlan plan_parity(const std::vector<FileToProtect>& files, unsigned percent);

// Before anything but the manifest is known: never too small. 0 when percent is 0.
[[nodiscard]] std::uint64_t estimate_parity_bytes(const Manifest& manifest, unsigned percent);

}  // namespace burnbox
