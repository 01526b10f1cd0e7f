// How a session lies on a disc that was burned earlier: the configuration may say otherwise by now, so the
// disc is asked. Thread: the operation's.
#pragma once

#include "burner/read/read_tree.hpp"
#include "common/bag/bag.hpp"

namespace burnbox {

struct BurnedAs {
    Layout layout = Layout::bag;
    ModePolicy modes = ModePolicy::readable;
};

// The layout in which its files are there, and the policy that its modes follow; `supposed` where the disc
// does not tell.
[[nodiscard]] BurnedAs burned_as(const ReadTree& tree, const SealedSession& sealed, BurnedAs supposed);

}  // namespace burnbox
