#include "server/watch/returned_folders.hpp"

#include "common/base/log.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/own_status.hpp"
#include "common/inbox/withdraw.hpp"
#include "common/storage/existence.hpp"
#include "server/withdraw/withdraw_session.hpp"

namespace burnbox::watch {
namespace {

log::Field named(const SessionRow& row) {
    return log::kv("session", row.account + "/" + row.disc_name);
}

// The step in the catalogue decides; then the marker loses its name, so that it does not count once more.
Status withdraw(const UploadServices& services, const SessionRow& row) {
    if (row.state != SessionState::withdrawn)
        BB_CHECK(services.catalogue.step(row.id, row.state, SessionState::withdrawn,
                                         "taken back by renaming its folder"));
    FileSystem& fs = services.inbox.fs();
    const std::string folder = join_path(row.account, row.name);
    BB_CHECK(refuse_marker_file(fs, folder, row.marker_name));
    for (const char* const text : {"STATUS.txt", "FAILED.txt"}) (void)fs.remove(join_path(folder, text));
    BB_CHECK(fs.sync_folder(folder));
    BB_CHECK(services.catalogue.set_folder(row.id, row.name));
    BB_CHECK(services.catalogue.remove_session(row.id));
    upload::end_withdrawn_session(services, row, row.name);
    return {};
}

Status give_name_back(const UploadServices& services, const SessionRow& row) {
    BB_CHECK(services.inbox.fs().rename(join_path(row.account, row.name), join_path(row.account, row.folder),
                                        RenameMode::no_replace));
    log::warning("session not taken back", named(row),
                 log::kv("reason", "it burns already; its folder has its name again"),
                 log::kv("folder", row.folder));
    return {};
}

Status lose(const UploadServices& services, const SessionRow& row) {
    if (row.state == SessionState::queued) {  // a failed one may be deleted
        const std::string path = services.inbox.fs().host_path(join_path(row.account, row.folder));
        log::error("session lost its folder", named(row), log::kv("folder", path));
        BB_CHECK(services.catalogue.step(row.id, SessionState::queued, SessionState::failed,
                                         missing_folder_reason(row, path)));
    }
    return services.catalogue.set_folder(row.id, "");
}

// Renamed back. A new folder that somebody made under the open name has not what burnbox put into the sealed
// one.
Result<bool> is_that_folder(FileSystem& fs, const SessionRow& row) {
    const std::string path = join_path(row.account, row.name);
    BB_TRY(const bool there, is_folder(fs, path));
    if (!there || row.state == SessionState::withdrawn) return there;
    if (row.state == SessionState::failed) return exists(fs, join_path(path, "FAILED.txt"));
    return has_status_of(fs, path, row);
}

Status settle(const UploadServices& services, const SessionRow& row) {
    FileSystem& fs = services.inbox.fs();
    BB_TRY(const bool here, is_folder(fs, join_path(row.account, row.folder)));
    if (here) return {};
    BB_TRY(const bool is_back, is_that_folder(fs, row));
    const bool burns = row.state == SessionState::burning || row.state == SessionState::verifying;
    if (is_back && burns) return give_name_back(services, row);
    if (is_back) {
        const Status withdrawn = withdraw(services, row);
        if (!withdrawn && withdrawn.error().code == Errc::conflict) return give_name_back(services, row);
        return withdrawn;
    }
    if (burns || row.state == SessionState::withdrawn) return {};  // the burner, or the repair, ends these
    return lose(services, row);
}

}  // namespace

Status withdraw_returned_folders(const UploadServices& services, const std::string& folder) {
    for (const SessionState state : {SessionState::queued, SessionState::failed, SessionState::withdrawn,
                                     SessionState::burning, SessionState::verifying}) {
        BB_TRY(const auto rows, services.catalogue.sessions_in_state(state));
        for (const SessionRow& row : rows) {
            // One whose folder is on its way belongs to whoever moves it.
            if (row.staging != services.inbox.area() || row.folder.empty() || !row.folder_next.empty())
                continue;
            if (parse_folder(row.folder).state == FolderState::open ||
                (!folder.empty() && row.folder != folder))
                continue;
            BB_CHECK(settle(services, row));
        }
    }
    return {};
}

}  // namespace burnbox::watch
