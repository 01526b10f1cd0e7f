#include "common/inbox/withdraw.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/inbox/staged_copy.hpp"

namespace burnbox {
namespace {

// The open name, or the next one when somebody made a session of that name meanwhile.
Result<std::string> free_open_folder(FileSystem& fs, const SessionRow& row) {
    std::string name = row.name;
    for (unsigned number = 2;; ++number) {
        auto path = Inbox::first_free_folder(fs, row.account, name, FolderState::open);
        if (path || path.error().code != Errc::exists) return path;
        name = fmt::format("{}-{}", row.name, number);
    }
}

Status tidy(Inbox& inbox, const SessionRow& row) {
    BB_TRY(FileSystem* const fs, inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    if (!row.marker_name.empty()) BB_CHECK(refuse_marker_file(*fs, folder, row.marker_name));
    BB_CHECK(inbox.remove_own_file(row, "STATUS.txt"));
    BB_CHECK(inbox.remove_own_file(row, "FAILED.txt"));
    return fs->sync_folder(folder);
}

}  // namespace

Status refuse_marker_file(FileSystem& inbox_fs, const std::string& folder, const std::string& marker) {
    const std::string from = join_path(folder, marker);
    for (unsigned number = 1;; ++number) {
        // The suffix must fit into 255 bytes with it.
        const std::string suffix = number == 1 ? std::string(".refused") : fmt::format("-{}.refused", number);
        std::string name = marker.substr(0, 255 - suffix.size());
        while (!is_utf8(name)) name.pop_back();  // cut between characters
        name += suffix;
        const Status renamed = inbox_fs.rename(from, join_path(folder, name), RenameMode::no_replace);
        if (renamed || renamed.error().code == Errc::not_found) return {};
        if (renamed.error().code != Errc::exists) return renamed;
    }
}

Status give_up_session(Catalogue& catalogue, FileSystem& state_fs, const SessionRow& row,
                       const std::string& why) {
    BB_CHECK(catalogue.step(row.id, row.state, SessionState::withdrawn, why));
    BB_CHECK(catalogue.remove_session(row.id));
    remove_session_records(state_fs, row);
    return {};
}

Result<std::string> finish_withdrawal(Inbox& inbox, Catalogue& catalogue, const SessionRow& given) {
    BB_ASSERT(given.state == SessionState::withdrawn);
    SessionRow row = given;
    if (!row.folder_next.empty()) {  // a move that a crash cut, in whichever direction
        BB_CHECK(inbox.finish_move(row));
        BB_TRY(row, catalogue.session(row.id));
    }
    if (parse_folder(row.folder).state != FolderState::open) {
        BB_CHECK(tidy(inbox, row));
        BB_TRY(FileSystem* const fs, inbox.fs_of(row));
        BB_TRY(const std::string target, free_open_folder(*fs, row));
        row.folder_next = base_name(target);
        BB_CHECK(catalogue.begin_move(row.id, row.folder_next));
        BB_CHECK(inbox.finish_move(row));
        row.folder = row.folder_next;
    }
    BB_CHECK(catalogue.remove_session(row.id));
    return row.folder;
}

}  // namespace burnbox
