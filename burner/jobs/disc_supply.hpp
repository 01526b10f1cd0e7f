// Gets a disc for a session into the drive: an open one of the catalogue, else the next blank with the next
// free label.
#pragma once

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

struct Supply {
    std::optional<DiscRow> disc;   // it is in the drive
    bool met = false;              // what is in it held more than the catalogue knew: think it over
    Error waits;                   // else: why there is none, and what to do; no_medium or wrong_medium
    std::string overtaken;         // and why this session needs another disc than the open one
    std::string wanted = "blank";  // for an autoloader: a disc's label, or "blank"
};

// Errors are the drive's or the catalogue's. A disc whose image is gone is noted as
// missing, and the next one is taken.
[[nodiscard]] Result<Supply> supply_disc(AttemptContext& context, const SessionRow& row,
                                         std::uint64_t estimate_bytes,
                                         const std::vector<DiscSessionRow>& copies);

}  // namespace burnbox
