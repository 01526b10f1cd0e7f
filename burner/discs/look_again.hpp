// A disc that held something else than the catalogue says, perhaps because its image was still being copied
// when it was judged, and whose image has changed since.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// The disc is loaded, and suspect by `Suspicion::changed`. What it holds beyond what the catalogue knows is
// taken in; then every session on it is read back, which ends the suspicion when all are good and the medium
// is as the catalogue has it. Errors: the drive's, the catalogue's. Blocks for as long as reading takes.
[[nodiscard]] Status look_again(AttemptContext& context, DiscRow disc);

}  // namespace burnbox
