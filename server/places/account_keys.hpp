// Accounts whose keys_file can't be used, or not all of it: the other keys open theirs, and everybody else is
// served. The file may be a person's own.
#pragma once

#include <map>
#include <string>

#include "common/config/config.hpp"

namespace burnbox {

// Account -> AccountConfig::keys_wrong, of those that have any.
[[nodiscard]] std::map<std::string, std::string> keys_wrong(const Config& config);

// A warning for each in the log.
void tell_keys_wrong(const Config& config);

}  // namespace burnbox
