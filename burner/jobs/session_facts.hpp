// What STATUS.txt says of a session whatever happens to it now: its name, and where its parts are.
#pragma once

#include "burner/jobs/status_text.hpp"

namespace burnbox {

// Of a part: of the whole session. Blocks on the catalogue; what that does not say is left out.
[[nodiscard]] StatusFacts facts_of(Catalogue& catalogue, const SessionRow& row, Timestamp now);

}  // namespace burnbox
