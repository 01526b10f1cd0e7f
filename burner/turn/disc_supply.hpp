// Puts the next blank disc into a drive, under the next label that nothing bears.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// It is in the catalogue, of this pool. Errc::no_medium or wrong_medium: there is no blank, and what to do;
// else the error is the drive's or the catalogue's.
[[nodiscard]] Result<DiscRow> put_in_next_blank(AttemptContext& context, const std::string& pool);

}  // namespace burnbox
