// Why a session's staging folder can't be read or written, for people.
#pragma once

#include <optional>
#include <string>

#include "burner/schedule/services.hpp"

namespace burnbox {

// The first folder or file of the session that this user may not use, with the line that mends it. nullopt:
// there is none, or it can't be told. Blocks: looks at every file.
[[nodiscard]] std::optional<std::string> what_is_closed(const BurnerServices& services,
                                                        const SessionRow& row);

}  // namespace burnbox
