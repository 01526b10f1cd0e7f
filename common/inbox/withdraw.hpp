// The way back of a session whose row says "withdrawn": its folder gets its open name again, then the row
// goes. The same code runs when an account cancels, and at start when a crash cut it.
#pragma once

#include "common/inbox/inbox.hpp"

namespace burnbox {

// Requires row.state == withdrawn. Renames the marker's file to NAME.refused, removes STATUS.txt and
// FAILED.txt, moves the folder to its open name (the first free of NAME, NAME-2 ...) and removes the row.
// Each step may have been done before. Blocks. Returns the open name.
[[nodiscard]] Result<std::string> finish_withdrawal(Inbox& inbox, Catalogue& catalogue,
                                                    const SessionRow& row);

// Gives up a session of which nothing is there, or is to stay: the step to withdrawn decides, then its row
// and all records of it go. Errors: conflict when it is in another state by now; the catalogue's. Blocks.
[[nodiscard]] Status give_up_session(Catalogue& catalogue, FileSystem& state_fs, const SessionRow& row,
                                     const std::string& why);

// Renames a marker's file in a session's folder to NAME.refused (NAME-2.refused ... when that is taken).
// Missing is fine.
[[nodiscard]] Status refuse_marker_file(FileSystem& inbox_fs, const std::string& folder,
                                        const std::string& marker);

}  // namespace burnbox
