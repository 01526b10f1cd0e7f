// An exec request's command, split into words as the client's shell quoting means it. There is no shell:
// quotes and backslashes are understood (POSIX 2.2), nothing is expanded, and every other character stands
// for itself; a word remembers what a shell would have taken for a pattern. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

struct CommandWord {
    std::string text;         // what a program gets
    std::string pattern;      // the same as a glob (common/base/text): what was quoted stands for itself
    bool is_pattern = false;  // it has a *, ? or [ that was not quoted
};

// Errors: Errc::invalid for an unclosed quote, a NUL, more than 64 KiB or 1000 words.
[[nodiscard]] Result<std::vector<CommandWord>> split_command_words(std::string_view command);
[[nodiscard]] Result<std::vector<std::string>> split_command(std::string_view command);  // their texts

}  // namespace burnbox
