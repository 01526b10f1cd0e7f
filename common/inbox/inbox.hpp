// The inboxes as folders: "<account>/<session folder>" on a FileSystem rooted at inbox_dir, or on one that
// shows a watched folder as the inbox of its account. Which of them a session is in says its row. Moves of a
// sealed session's folder are two-step with the catalogue (intent, rename, done), so that names and catalogue
// agree after every crash. Threads: any; callers make sure that one session is moved by one thread at a time.
// Blocks on the disk and the catalogue.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"
#include "common/session/names.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

class Inbox {
  public:
    // `area`: of the sessions that are new here.
    Inbox(FileSystem& fs, Catalogue& catalogue, StagingArea area = StagingArea::inbox());

    // Another one whose sessions are moved here too; `fs` must outlive the Inbox.
    void add_area(const StagingArea& area, FileSystem& fs);
    // It is not there, or not yet: its sessions wait.
    void area_is_away(const StagingArea& area, const std::string& why);

    // The FileSystem that has this session's folder, at join_path(row.account, row.folder). Errors: not_found
    // when its watched folder is not configured, unreachable when it is away.
    [[nodiscard]] Result<FileSystem*> fs_of(const SessionRow& row) const;

    // "alice/holiday-queued-2": the first free folder for this name and state.
    [[nodiscard]] Result<std::string> first_free_folder(const std::string& account, const std::string& name,
                                                        FolderState state);
    [[nodiscard]] static Result<std::string> first_free_folder(FileSystem& fs, const std::string& account,
                                                               const std::string& name, FolderState state);

    // Renames the session's folder to the first free one of `state`: the intent is durable in the catalogue,
    // then the rename and the inbox folder are durable, then the row says done.
    [[nodiscard]] Status move(SessionId id, FolderState state);

    // The same to this folder, which is free. `row` has no move under way. When the folder can't be renamed
    // the row is as it was.
    [[nodiscard]] Status move_to(SessionRow row, const std::string& folder);

    // Ends a move that a crash may have cut: called at start for every row with folder_next set. A no-op
    // else.
    [[nodiscard]] Status finish_move(const SessionRow& row);

    // STATUS.txt: visible at once, not fsynced (it can be made again). The parts of a session are worked on
    // by several drives at once: each text is made when it is its turn to be written, so an older one never
    // takes the place of a newer, and none is written when the session has ended.
    [[nodiscard]] Status write_status(const SessionRow& row, const std::function<std::string()>& text);
    // At the session's top; missing is fine.
    [[nodiscard]] Status remove_own_file(const SessionRow& row, const std::string& name);

    [[nodiscard]] FileSystem& fs() { return fs_; }  // of new sessions
    // Of all areas whose sessions are moved here.
    struct Places {
        std::vector<FileSystem*> there;
        bool all = true;  // false: one is away, with what it holds
    };
    [[nodiscard]] Places places() const;
    [[nodiscard]] const StagingArea& area() const { return area_; }

  private:
    struct Place {
        FileSystem* fs = nullptr;
        std::string away;  // why it has none
        std::mutex texts;  // held while one is written or removed: a place that hangs stops no other
    };
    struct Texts {
        FileSystem* fs = nullptr;
        std::mutex* mutex = nullptr;
    };
    [[nodiscard]] Result<Texts> texts_of(const SessionRow& row);

    FileSystem& fs_;
    Catalogue& catalogue_;
    const StagingArea area_;
    mutable std::shared_mutex areas_mutex_;
    std::map<StagingArea, Place> areas_;
};

}  // namespace burnbox
