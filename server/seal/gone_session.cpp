#include "server/seal/gone_session.hpp"

#include "common/base/log.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/withdraw.hpp"

namespace burnbox::upload {
namespace {

// Where its record is gone too, nobody could tell its folder.
Result<bool> has_folder(const UploadServices& services, const SessionRow& row) {
    if (!row.folder_next.empty()) return true;
    const auto folder = find_lost_folder(services.inbox, services.catalogue, services.state_fs, row);
    if (folder) return true;
    if (folder.error().code == Errc::not_found || folder.error().code == Errc::corrupt) return false;
    return std::unexpected(folder.error());
}

}  // namespace

Status give_up_gone_session(const UploadServices& services, const std::string& account,
                            const std::string& name) {
    BB_TRY(const auto row, services.catalogue.find_session(account, name));
    if (!row || row->state != SessionState::failed || row->staging != services.inbox.area()) return {};
    BB_TRY(const bool is_there, has_folder(services, *row));
    if (is_there) return {};
    BB_TRY(const auto copies, services.catalogue.copies(row->id));
    if (!copies.empty()) return {};
    const std::string why = "its folder is gone, and its name was sent again";
    const Status given_up = give_up_session(services.catalogue, services.state_fs, *row, why);
    if (!given_up && given_up.error().code == Errc::conflict) return {};
    BB_CHECK(given_up);
    log::info("failed session given up", log::kv("session", account + "/" + row->disc_name),
              log::kv("why", why));
    return {};
}

}  // namespace burnbox::upload
