#pragma once

#include <functional>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// The answer of a slow operation: a line worth showing to the person ("holiday is sealed as holiday-2"), may
// be empty.
using Done = std::function<void(Result<std::string>)>;

}  // namespace burnbox
