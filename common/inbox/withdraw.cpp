#include "common/inbox/withdraw.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/storage/existence.hpp"

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

Error name_remedy(const FileSystem& fs, const SessionRow& row, Error error) {
    if (error.code == Errc::permission)
        error.message +=
            fmt::format("; make {} writable for the server's user", escape(fs.host_path(row.account)));
    return error;
}

// From its sealed name to its open one. When it can't be, the marker has its own name again.
Result<std::string> open_folder(Inbox& inbox, const SessionRow& row) {
    BB_TRY(FileSystem* const fs, inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    BB_TRY(const std::string target, free_open_folder(*fs, row));
    BB_TRY(const std::string refused, refuse_marker_file(*fs, folder, row.marker_name));
    const std::string name(base_name(target));
    Status moved = fs->sync_folder(folder);
    if (moved) moved = inbox.move_to(row, name);
    if (moved) return name;
    if (exists(*fs, target).value_or(true)) return std::unexpected(moved.error());  // the start ends the move
    if (!refused.empty())
        (void)fs->rename(join_path(folder, refused), join_path(folder, row.marker_name),
                         RenameMode::no_replace);
    return std::unexpected(name_remedy(*fs, row, moved.error()));
}

Status remove_own_files(Inbox& inbox, const SessionRow& row) {
    BB_CHECK(inbox.remove_own_file(row, "STATUS.txt"));
    BB_CHECK(inbox.remove_own_file(row, "FAILED.txt"));
    BB_TRY(FileSystem* const fs, inbox.fs_of(row));
    return fs->sync_folder(join_path(row.account, row.folder));
}

}  // namespace

Status find_folder_to_withdraw(const Inbox& inbox, const SessionRow& row) {
    BB_TRY(FileSystem* const fs, inbox.fs_of(row));
    for (const std::string& folder : {row.folder, row.folder_next}) {
        if (folder.empty()) continue;
        BB_TRY(const bool is_there, is_folder(*fs, join_path(row.account, folder)));
        if (is_there) return {};
    }
    return fail(Errc::not_found,
                missing_folder_reason(row, fs->host_path(join_path(row.account, row.folder))));
}

Result<std::string> refuse_marker_file(FileSystem& inbox_fs, const std::string& folder,
                                       const std::string& marker) {
    if (marker.empty()) return std::string();
    const std::string from = join_path(folder, marker);
    for (unsigned number = 1;; ++number) {
        // The suffix must fit into 255 bytes with it.
        const std::string suffix = number == 1 ? std::string(".refused") : fmt::format("-{}.refused", number);
        std::string name = marker.substr(0, 255 - suffix.size());
        while (!is_utf8(name)) name.pop_back();  // cut between characters
        name += suffix;
        const Status renamed = inbox_fs.rename(from, join_path(folder, name), RenameMode::no_replace);
        if (renamed) return name;
        if (renamed.error().code == Errc::not_found) return std::string();
        if (renamed.error().code != Errc::exists) return std::unexpected(renamed.error());
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
        BB_TRY(row.folder, open_folder(inbox, row));
    }
    BB_CHECK(remove_own_files(inbox, row));
    BB_CHECK(catalogue.remove_session(row.id));
    return row.folder;
}

Result<std::string> finish_withdrawal_or_step_back(Inbox& inbox, Catalogue& catalogue, const SessionRow& row,
                                                   const SessionRow& before) {
    auto name = finish_withdrawal(inbox, catalogue, row);
    if (name || before.state == SessionState::withdrawn) return name;
    const auto now = catalogue.session(row.id);
    if (!now || parse_folder(now->folder).state == FolderState::open || !now->folder_next.empty())
        return name;
    BB_CHECK(catalogue.step(row.id, SessionState::withdrawn, before.state, before.reason));
    return name;
}

}  // namespace burnbox
