// Runs one program to its end, for those who have to wait for it: an autoloader that changes a disc.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "common/process/spawner.hpp"

namespace burnbox {

// Errors: io when it ends with another exit code than 0, with the last line that it said; timeout when it
// takes longer than `limit`, cancelled when give_up() says so: it is killed then, with what it started. Its
// environment is what it inherits of the caller's, with `more` (NAME=VALUE). Blocks.
[[nodiscard]] Status run_program(Spawner& spawner, const std::vector<std::string>& argv,
                                 const std::vector<std::string>& more, std::chrono::milliseconds limit,
                                 const std::function<bool()>& give_up);

}  // namespace burnbox
