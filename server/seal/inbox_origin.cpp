#include "server/seal/inbox_origin.hpp"

#include "server/seal/seal_content.hpp"
#include "server/sessions/resolved_path.hpp"
#include "server/withdraw/withdraw_session.hpp"

namespace burnbox::upload {
namespace {

constexpr std::size_t kMostSealedBy = 64;  // remembered by one connection

}  // namespace

void AccountOrigin::count_as_queued(const OpenSession& session, const SessionRow& row) {
    account_->release(session.files.bytes());
    account_->queued_bytes[row.disc_name] = row.bytes;
}

Status InboxOrigin::check_right() const {
    return check_upload_right(*account_);
}

void InboxOrigin::hand_over(OpenSession& session, const SessionRow& row, const std::string& folder,
                            const SealContent& content) {
    session.files.remove_journal();
    account_->sessions.erase(session.name);
    if (folder.empty()) return;
    const auto info = fs().info(join_path(account_->name, folder));
    if (!info) return;
    const SteadyTime now = services().clock.steady_now();
    const auto alias = std::make_shared<SealedAlias>(SealedAlias{.name = row.name,
                                                                 .folder = folder,
                                                                 .inode = info->inode,
                                                                 .marker = content.marker.name,
                                                                 .marker_info = content.marker_info,
                                                                 .last_request = now});
    for (const auto& [path, facts] : session.files.all_sent())
        if (facts.mode) alias->sent_modes.emplace(path, *facts.mode);
    for (auto& [id, connection] : account_->connections) {
        std::erase_if(connection.alias, [&](const auto& one) { return one.second->is_over(now); });
        connection.alias.insert_or_assign(row.name, alias);
        connection.sealed_by.erase(row.name);
        if (row.marker_name.empty()) continue;
        if (connection.sealed_by.size() >= kMostSealedBy)
            connection.sealed_by.erase(connection.sealed_by.begin());
        connection.sealed_by.emplace(row.name, row.marker_sha256);
    }
}

Status InboxOrigin::open_again(OpenSession& session, const SessionRow& row) {
    BB_TRY(const SessionRow withdrawn, services().catalogue.session(row.id));
    BB_TRY(const std::string name, withdraw_session(registry(), *account_, withdrawn));
    const std::lock_guard lock(account_->mutex);
    if (const auto again = account_->sessions.find(name); again != account_->sessions.end())
        for (const std::string& path : session.missed_meanwhile) again->second->note_missed(path);
    return {};
}

}  // namespace burnbox::upload
