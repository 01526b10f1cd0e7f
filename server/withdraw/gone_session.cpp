#include "server/withdraw/gone_session.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
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

Result<bool> let_go_of_gone_session(const UploadServices& services, const std::string& account,
                                    const std::string& name) {
    BB_TRY(const auto row, services.catalogue.find_session(account, name));
    if (!row || (row->state != SessionState::failed && row->state != SessionState::queued)) return false;
    BB_TRY(FileSystem* const fs, services.inbox.fs_of(*row));
    BB_CHECK(fs->info(account));  // else all of its folders are away
    BB_TRY(const bool is_there, has_folder(services, *row));
    if (is_there) return false;
    BB_TRY(const auto copies, services.catalogue.copies(row->id));
    if (!copies.empty())
        return fail(Errc::conflict,
                    fmt::format("a part or a copy of {} is on disc {}: put its folder {} back, then `burnbox "
                                "retry` burns the rest",
                                escape(name), escape(copies.front().disc_label), escape(row->name)));
    const std::string why = "given up: its folder is gone";
    BB_CHECK(give_up_session(services.catalogue, services.state_fs, *row, why));
    log::info("session given up", log::kv("session", account + "/" + name), log::kv("why", why));
    services.events.publish({.kind = EventKind::session_withdrawn,
                             .time = services.clock.now(),
                             .account = account,
                             .session = name,
                             .disc = {},
                             .drive = {},
                             .message = why});
    services.wake_burner();
    return true;
}

}  // namespace burnbox::upload
