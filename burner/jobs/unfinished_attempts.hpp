// Attempts that did not come to their end, in this process or before a crash, are judged before a drive burns
// anything: by the drive that has their disc now.
#pragma once

#include "burner/turn/conclude.hpp"

namespace burnbox {

// One of them, if this drive has any. `again`: it was tried before, and is not told of once more. True: there
// may be more. Errors: it can't be judged now.
[[nodiscard]] Result<bool> judge_unfinished(AttemptContext& context, bool again, const Conclude& conclude);

}  // namespace burnbox
