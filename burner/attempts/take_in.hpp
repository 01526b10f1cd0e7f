// A disc outranks the catalogue: what it holds beyond what the catalogue knows (an older copy of the
// catalogue was put back, say) is read, compared, and taken in. What can't be made out makes the disc
// suspect: a person decides. Nothing is written to such a disc before.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// Whether the medium is this disc, with disc sessions that its row does not have.
[[nodiscard]] bool holds_more(const Medium& medium, const DiscRow& disc);

// The disc sessions of the disc in the drive behind number `known`, whatever the catalogue knows of its head.
// Errors: those of Drive::contents().
[[nodiscard]] Result<std::vector<FoundDiscSession>> contents_behind(AttemptContext& context,
                                                                    const DiscRow& disc, unsigned known);

// Blocks of the disc could not be read, which the next try may read: whether this was the last one.
[[nodiscard]] bool is_last_reading(FailureNotes& notes, const std::string& serial);

// The disc is in the drive. Every disc session behind those that are known is read back as after a burn; its
// sessions get rows, or their rows this copy: one that waited is burned by that, and not once more. Returns
// the disc as the catalogue has it then; suspect, with the reason, where something on it can't be explained
// or differs. Errors: the drive's, the catalogue's; what was taken in until then stays.
[[nodiscard]] Result<DiscRow> take_in_disc(AttemptContext& context, DiscRow disc);

}  // namespace burnbox
