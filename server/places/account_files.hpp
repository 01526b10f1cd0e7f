// Files beside the configuration that look as if they were read, and are not.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

// A line for each file of accounts.d that is not read because of its name, sorted. Hidden ones are left out:
// editors make them. Blocks.
[[nodiscard]] std::vector<std::string> unread_account_files(const Config& config);
// The same into the log, as warnings.
void tell_unread_account_files(const Config& config);

}  // namespace burnbox
