// Images that something else changed, and that hold no more than the catalogue knows.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// The discs on this drive's shelf whose image does not show what was burned there (an older copy was put
// back, its end is missing, its head is another one) are suspect, with the reason; of several images with one
// serial the best counts. Those with an attempt to be judged are left to that. True: there was one. Errors:
// those of a drive that is gone, of the shelf and the catalogue.
[[nodiscard]] Result<bool> doubt_changed_images(AttemptContext& context);

}  // namespace burnbox
