// The way back of a session whose row says "withdrawn": its folder gets its open name again, then the row
// goes. The same code runs when an account cancels, and at start when a crash cut it.
#pragma once

#include "common/inbox/inbox.hpp"

namespace burnbox {

// Whether the folder of a session that is to be withdrawn is there. Errors: not_found and unreachable, with
// the remedy. Blocks.
[[nodiscard]] Status find_folder_to_withdraw(const Inbox& inbox, const SessionRow& row);

// Requires row.state == withdrawn. Renames the marker's file to NAME.refused, moves the folder to its open
// name (the first free of NAME, NAME-2 ...), removes STATUS.txt and FAILED.txt, and then the row. Each step
// may have been done before. When the folder can't be renamed all is as it was before, but the row's state.
// Blocks. Returns the open name.
[[nodiscard]] Result<std::string> finish_withdrawal(Inbox& inbox, Catalogue& catalogue,
                                                    const SessionRow& row);

// The same for a row that became withdrawn just now, from `before`: when its folder keeps its name, it is
// that again.
[[nodiscard]] Result<std::string> finish_withdrawal_or_step_back(Inbox& inbox, Catalogue& catalogue,
                                                                 const SessionRow& row,
                                                                 const SessionRow& before);

// Gives up a session of which nothing is there, or is to stay: the step to withdrawn decides, then its row
// and all records of it go. Errors: conflict when it is in another state by now; the catalogue's. Blocks.
[[nodiscard]] Status give_up_session(Catalogue& catalogue, FileSystem& state_fs, const SessionRow& row,
                                     const std::string& why);

// Renames a marker's file in a session's folder to NAME.refused (NAME-2.refused ... when that is taken), and
// returns that name; "" when there is none.
[[nodiscard]] Result<std::string> refuse_marker_file(FileSystem& inbox_fs, const std::string& folder,
                                                     const std::string& marker);

}  // namespace burnbox
