// The configuration of a running server. The reload publishes it (server/composition/reload); everybody else
// asks for a snapshot at each decision, and keeps no reference into it beyond that.
#pragma once

#include <optional>
#include <string>

#include "common/base/published.hpp"
#include "common/config/config.hpp"

namespace burnbox {

using CurrentConfig = Published<Config>;
using ConfigSnapshot = Snapshot<Config>;

[[nodiscard]] Limits limits_of(const CurrentConfig& config);
// The pool of what the account seals now; nothing when there is no such account.
[[nodiscard]] std::optional<std::string> pool_of(const CurrentConfig& config, const std::string& account);
// On how many discs what is sealed now for this pool is burned; 0 = there is no such pool.
[[nodiscard]] unsigned copies_of(const CurrentConfig& config, const std::string& pool);

}  // namespace burnbox
