// The receipt's text of a burned session: RECEIPT.txt as it lies in its folder, or made again when that is
// gone.
#pragma once

#include "common/catalogue/catalogue.hpp"
#include "common/inbox/inbox.hpp"

namespace burnbox {

// Blocks.
[[nodiscard]] Result<std::string> receipt_text(Catalogue& catalogue, Inbox& inbox, const SessionRow& row);

}  // namespace burnbox
