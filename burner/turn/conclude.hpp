// What follows after an attempt; see DriveLoop::conclude().
#pragma once

#include <functional>

#include "burner/attempts/attempt.hpp"

namespace burnbox {

// Whether more may be done at once. Error: the drive is to rest.
using Conclude = std::function<Result<bool>(Work& work, Attempted attempted)>;

}  // namespace burnbox
