// An exec request's command, split into words as the client's shell quoting means it. There is no shell:
// quotes and backslashes are understood (POSIX 2.2), nothing is expanded, and every other character stands
// for itself. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

// Errors: Errc::invalid for an unclosed quote, a NUL, more than 64 KiB or 1000 words.
[[nodiscard]] Result<std::vector<std::string>> split_command(std::string_view command);

}  // namespace burnbox
