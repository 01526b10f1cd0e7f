// The proof of a disc session before its first block is written: its tree, as it will go to the drive, is
// read by our own reader (burner/read), which shares nothing with libisofs, and compared with what was sealed
// and with what the disc holds already. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "burner/media/job_sessions.hpp"
#include "burner/read/compare.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

struct ProofSubject {
    const DiscIdentity& disc;
    const std::vector<JobSession>& sessions;
    Layout layout;
    const std::optional<DiscEntry>& readme;  // what comes to the disc beside them
    Timestamp time;                          // of the disc session: what burnbox's own folders have
    const ReadTree* older;                   // of the newest disc session on the disc; null = it is blank
};

// `bytes` are the blocks of `area`, the first ones of a disc session of `blocks` blocks. What is wrong or
// differs goes to the mismatches. Errors: limit, when the tree is beyond all bounds.
[[nodiscard]] Status prove_tree(std::span<const std::byte> bytes, const TreeArea& area, std::uint32_t blocks,
                                const ProofSubject& subject, Mismatches& mismatches);

}  // namespace burnbox
