// What is new in a skimmed folder: its tree as it is now against the index of what was taken. Nothing is read
// but names and inodes. Whether a file is the same is decided by size, mtime, ctime and inode together, never
// by what time it is: a clock that jumps, or `rsync -t` with times of the past, hides nothing. A file moved
// to another path is new there and gone here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "server/intake/fill_intake.hpp"
#include "server/intake/tree_walk.hpp"
#include "server/skim/index_file.hpp"
#include "server/skim/selection.hpp"

namespace burnbox::skim {

struct Doubt {  // of the size it had, but touched: only the content tells
    intake::ChosenEntry seen;
    Sha256 known;
};

struct Plan {
    std::vector<intake::ChosenEntry> fresh;  // files and links, in the order of the walk
    std::vector<Doubt> doubts;
    std::vector<std::string> removed;         // taken earlier, not there any more
    std::map<std::string, FileInfo> folders;  // those that fresh and doubts are in
    std::vector<std::string> problems;        // what can't be taken, and why, for people
    std::uint64_t files_count = 0;            // seen, of those that are selected
    std::uint64_t young_count = 0;            // left for a later run: changed too short a time ago
    std::uint64_t known_count = 0;            // in the index
};

// One file against its record. Pure.
enum class Verdict : std::uint8_t { same, fresh, doubtful, young };
struct Age {
    Timestamp now;
    std::chrono::nanoseconds least{0};
};
[[nodiscard]] Verdict decide(const FileInfo& seen, const IndexEntry* known, const Age& age);

// Blocks for as long as the walk takes. Errors: those of the index; of the tree's only the plan's problems.
[[nodiscard]] Result<Plan> make_plan(intake::TreeWalk& walk, IndexReader& index, const Selection& selection,
                                     const Age& age);

// The record of a file that was taken as it was seen. `looked_at`: when the walk began. A file that was
// written to in that moment may be so again without a trace in its times: its record never fits, so that the
// next run reads it.
[[nodiscard]] IndexEntry record_of(const intake::ChosenEntry& seen, const Sha256& sha256,
                                   Timestamp looked_at);

}  // namespace burnbox::skim
