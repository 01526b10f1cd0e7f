// Whether two folders of the configuration are one, or lie in each other, though their paths don't say so:
// through a link, or because one is mounted at two places.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

// Lines with the remedy, each beginning with a key; what the paths themselves say load_config() refuses. With
// any of them the server does not start: what it writes would be taken for what people sent. Looks at what is
// there; blocks.
[[nodiscard]] std::vector<std::string> overlap_findings(const Config& config);

}  // namespace burnbox
