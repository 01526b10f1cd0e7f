// What a person does with the disc of a drive: close it, take it out, put one in. What was done is said for
// people. The drive is the caller's; blocks on it.
#pragma once

#include <string>

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

[[nodiscard]] Result<std::string> close_disc(AttemptContext& context);
[[nodiscard]] Result<std::string> eject_disc(AttemptContext& context);
[[nodiscard]] Result<std::string> load_any_disc(AttemptContext& context);

}  // namespace burnbox
