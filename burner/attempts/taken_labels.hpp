// Which labels are not to be given again.
#pragma once

#include <string>
#include <vector>

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// Those of the catalogue's discs, of every image in the folder of any drive (in its head, and by its name),
// in any receipt, and on any disc that was met. Requires schedule.labels. Errors: the catalogue's; io when
// receipts can't be listed.
[[nodiscard]] Result<std::vector<std::string>> taken_labels(AttemptContext& context,
                                                            const std::vector<DiscRow>& discs);

}  // namespace burnbox
