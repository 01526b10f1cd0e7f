// Discs are changed by an autoloader's programs (drives.NAME.load and eject), or taken out by the drive.
#pragma once

#include <string>
#include <vector>

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// One of the two programs; `disc`: the label of what is in; `wanted`: a label, "blank", or "".
[[nodiscard]] Status run_changer(AttemptContext& context, const std::vector<std::string>& argv,
                                 const std::string& disc, const std::string& wanted);
// What is in the drive, as it was just inspected.
[[nodiscard]] Status take_out(AttemptContext& context, const Medium& medium);
// The drive must have an autoloader.
[[nodiscard]] Status change_disc(AttemptContext& context, const std::string& wanted);

}  // namespace burnbox
