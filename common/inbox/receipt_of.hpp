// The receipt of a burned session as far as its row and its places on discs say it.
#pragma once

#include <vector>

#include "common/catalogue/catalogue.hpp"
#include "common/session/receipt.hpp"

namespace burnbox {

// Copies by part, all of them, with whether they count; no files, and nothing that its seal record says. A
// time that the row lacks is the one before it. `discs`: all. Pure.
[[nodiscard]] Receipt receipt_of(const SessionRow& row, const std::vector<DiscSessionRow>& copies,
                                 const std::vector<DiscRow>& discs);

}  // namespace burnbox
