// A disc is met: in a drive, or on the shelf of an emulated one. What it holds beyond the catalogue is taken
// in; one that the catalogue does not know at all is read when it is this server's, and never written to.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// The disc in the drive, as it was just inspected. True: something of it was taken in, or it became suspect,
// so that what was to be done with it is to be thought over. Errors: the drive's, the catalogue's.
[[nodiscard]] Result<bool> meet_disc(AttemptContext& context, const Medium& medium);

// Every image on the shelf of an emulated drive that is not as the catalogue knows it. Of a real drive, with
// an older catalogue: labels that wait for a blank disc are not used any more.
// True: as meet_disc().
[[nodiscard]] Result<bool> look_over_shelf(AttemptContext& context);

}  // namespace burnbox
