// The last steps of a session's life: receipts or FAILED.txt, the marker and STATUS.txt gone, and the
// folder's name. Begun only when the catalogue says burned or failed; every step may be done again, so a
// crash anywhere is finished at the next start.
#pragma once

#include "burner/schedule/services.hpp"
#include "common/session/receipt.hpp"

namespace burnbox {

// The receipt as the catalogue knows it. Errors of the catalogue.
[[nodiscard]] Result<Receipt> make_receipt(Catalogue& catalogue, const SessionRow& row);

enum class Finish : std::uint8_t {
    done,
    folder_away,  // it is burned, and somebody moved its folder away: its row has none until it is back
};
// Makes the folder say what the row says. A no-op for sessions that have not ended and for folders that say
// it already. `look`: of a burned session whose folder was away, which is looked for under all of its names;
// else a row without a folder is one whose folder was deleted.
[[nodiscard]] Result<Finish> finish_session(const BurnerServices& services, SessionId session,
                                            bool look = false);

// The ended sessions whose folders don't say so yet; asked once at start.
[[nodiscard]] Result<std::vector<SessionId>> unfinished_sessions(Catalogue& catalogue);

// A failed session that was queued again by a person, or whose parts were, still lies in its -failed folder.
[[nodiscard]] bool waits_for_its_folder(const SessionRow& row);

}  // namespace burnbox
