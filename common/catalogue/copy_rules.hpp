// Which copies count. Pure.
#pragma once

#include "common/catalogue/rows.hpp"

namespace burnbox {

// Whether this place on `disc` can be relied on: for a payload's release, and for what is sent once more. Not
// one that was read back bad, not one on a disc that is suspect or that no shelf shows. The catalogue's
// find_same_content() keeps the same rule.
[[nodiscard]] inline bool counts(const DiscRow& disc, const DiscSessionRow& copy) {
    return copy.good && disc.state != DiscState::suspect && !disc.missing_since;
}

}  // namespace burnbox
