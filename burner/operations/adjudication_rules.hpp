// How an attempt that was cut off on a real disc is judged from what the drive reports now. Pure.
#pragma once

#include "burner/drive/drive.hpp"

namespace burnbox {

// `before` is the disc as it was before the attempt. Errors: no_medium, wrong_medium when another disc is in:
// neither says anything about the one that was burned.
[[nodiscard]] Result<Drive::Outcome> adjudicate_medium(const Medium& now, const DiscIdentity& before,
                                                       unsigned disc_session);

}  // namespace burnbox
