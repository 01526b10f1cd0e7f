// A disc that a drive would not burn on, before anything was written: Errc::wrong_medium.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// What is in the drive is met, in case it holds more than the catalogue knows. When it is this disc itself it
// is not as it was burned: it becomes suspect, with the error's reason, and `disc` says so. False: another
// disc is in a real drive, where somebody may change it.
[[nodiscard]] Result<bool> judge_refused_disc(AttemptContext& context, DiscRow& disc, const Error& error);

}  // namespace burnbox
