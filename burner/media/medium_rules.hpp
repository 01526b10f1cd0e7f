// Which discs burnbox burns on, decided from what a drive reports: the reason when it does not, and the
// remedy. Pure.
#pragma once

#include <optional>
#include <string>

#include "burner/drive/drive.hpp"

namespace burnbox {

struct DiscFacts {
    int mmc_profile = 0;           // MMC-5 table 93
    bool blank = false;            // nothing was ever begun on it
    bool appendable = false;       // blank, or the drive says another disc session can follow
    bool takes_more = false;       // the drive can write several disc sessions on this kind of disc
    bool has_sessions = false;     // at least one that is complete
    bool session_begun = false;    // one that is not
    bool ours = false;             // the newest disc session is burnbox's
    bool unformatted = false;      // rewritable, new from the shop: or the drive shows no room on a blank one
    bool write_once_only = false;  // burn.write_once_only
};

struct Refusal {
    MediumState state = MediumState::foreign;
    std::string reason;
};

// Nothing: it can be burned on.
[[nodiscard]] std::optional<Refusal> refusal_of(const DiscFacts& facts);

[[nodiscard]] bool is_rewritable(int mmc_profile);
// Written anywhere, once it is formatted.
[[nodiscard]] bool is_overwritten(int mmc_profile);

}  // namespace burnbox
