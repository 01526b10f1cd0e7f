// Which copies count.
#pragma once

#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// Whether this place on `disc` can be relied on: for a payload's release, and for what is sent once more. Not
// one that was read back bad, not one on a disc that is suspect or that no shelf shows. The catalogue's
// find_same_content() keeps the same rule. Pure.
[[nodiscard]] inline bool counts(const DiscRow& disc, const DiscSessionRow& copy) {
    return copy.good && disc.state != DiscState::suspect && !disc.missing_since;
}

// The same, its disc looked for among all of them; one that is not there counts for nothing. Pure.
[[nodiscard]] bool counts(const std::vector<DiscRow>& discs, const DiscSessionRow& copy);

// The session's copies that count: they alone make up the copies that a pool asks for, and keep a drive from
// making another one. Blocks.
[[nodiscard]] Result<std::vector<DiscSessionRow>> counting_copies(Catalogue& catalogue, SessionId session);

// Whether these, of different discs, are what was promised of the session. Never while nobody knows what that
// was. Pure.
[[nodiscard]] bool are_complete(const SessionRow& row, const std::vector<DiscSessionRow>& counting);
// "copy 1 of 2 is on disc BURNBOX_0001"; "" without one. Pure.
[[nodiscard]] std::string copies_text(const SessionRow& row, const std::vector<DiscSessionRow>& counting);

}  // namespace burnbox
