// READ TOC/PMA/ATIP (MMC-5 6.26): formats 0 and 1, and for CDs 2 (raw) and 4 (ATIP). Pure.
#pragma once

#include "tests/support/mmc/model.hpp"

namespace burnbox::mmc {

[[nodiscard]] Reply read_toc(MmcModel& model, const Command& command);

}  // namespace burnbox::mmc
