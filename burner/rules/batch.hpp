// Which queued sessions are burned together as one disc session, and how long they are held back for it
// (burn.batch). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"
#include "common/config/config.hpp"

namespace burnbox {

// A queued session that this drive could burn now. Those that are offered together are of one pool and have
// copies on the same discs.
struct BatchCandidate {
    SessionId session = 0;
    std::uint64_t bytes = 0;
    Timestamp sealed_at;
    bool at_once = false;           // a person asked for it, or it has a copy already: not held back
    std::size_t most_together = 0;  // it was in a group that failed: with no more than so many; 0 = any
};

struct Batch {
    std::vector<std::size_t> members;     // of the candidates, the first among them
    std::optional<Timestamp> held_until;  // not yet: at the latest then
};

// `candidates`: oldest first, not empty. A session of the size that is waited for is not small: it goes
// alone, at once.
[[nodiscard]] Batch choose_batch(const std::vector<BatchCandidate>& candidates, const BatchConfig& rule,
                                 Timestamp now);

// Why they wait, for STATUS.txt.
[[nodiscard]] std::string held_text(const BatchConfig& rule, Timestamp until);

}  // namespace burnbox
