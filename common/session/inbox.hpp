// The inboxes as folders on a FileSystem rooted at inbox_dir: "<account>/<session folder>". Moves of a sealed session's
// folder are two-step with the catalogue (intent, rename, done), so that names and catalogue agree after every crash.
// Threads: any; callers make sure that one session is moved by one thread at a time. Blocks on the disk and the catalogue.
#pragma once

#include <string>

#include "common/catalogue/catalogue.hpp"
#include "common/session/names.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

class Inbox {
  public:
    Inbox(FileSystem& fs, Catalogue& catalogue) : fs_(fs), catalogue_(catalogue) {}

    // "alice/holiday-queued-2": the first free folder for this name and state.
    [[nodiscard]] Result<std::string> first_free_folder(const std::string& account, const std::string& name, FolderState state);

    // Renames the session's folder to the first free one of `state`: the intent is durable in the catalogue, then the
    // rename and the inbox folder are durable, then the row says done.
    [[nodiscard]] Status move(SessionId id, FolderState state);

    // Ends a move that a crash may have cut: called at start for every row with folder_next set. A no-op else.
    [[nodiscard]] Status finish_move(const SessionRow& row);

    // Texts at the session's top; visible at once, not fsynced (they can be made again).
    [[nodiscard]] Status write_status(const SessionRow& row, const std::string& text);  // STATUS.txt
    [[nodiscard]] Status remove_own_file(const SessionRow& row, const std::string& name);  // missing is fine

    [[nodiscard]] FileSystem& fs() { return fs_; }

  private:
    FileSystem& fs_;
    Catalogue& catalogue_;
};

}  // namespace burnbox
