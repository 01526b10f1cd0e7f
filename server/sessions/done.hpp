#pragma once

#include <functional>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// The answer of a slow operation: a line worth showing to the person ("holiday is sealed as holiday-2"), may
// be empty.
using Done = std::function<void(Result<std::string>)>;

// The same for whoever waits for it in any case: when it is dropped without having been called, as the jobs
// of a server that ends are, it answers Errc::cancelled. Calls `done` once, on whatever thread.
[[nodiscard]] Done answered_at_last(Done done);

}  // namespace burnbox
