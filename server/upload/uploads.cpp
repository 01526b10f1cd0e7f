#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "server/refusal/seal_gaps.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/seal/intake_session.hpp"
#include "server/startup/account_watch.hpp"
#include "server/startup/recover.hpp"
#include "server/upload/client.hpp"
#include "server/upload/closed_client.hpp"
#include "server/upload/inbox_client.hpp"

namespace burnbox {

struct Uploads::State {
    std::shared_ptr<upload::SessionRegistry> registry;
    upload::AccountWatch closed_accounts{registry};
};

namespace {

// Why it has no answer yet, for people.
std::string waiting_reason(const SessionConfig& config, const upload::OpenSession& session) {
    if (session.phase == upload::Phase::sealing) return "is being sealed";
    if (session.phase == upload::Phase::arriving) return "is being taken back";
    if (session.leased) return "uploading: an rsync is writing";
    if (!session.unread.empty()) return session.unread;
    const auto cut = session.files.paths_cut_off();
    if (!cut.empty()) return "cut off: " + upload::list_names(cut) + "; send them again";
    if (!session.files.missed().empty()) return upload::missed_text(session);
    if (session.files.is_transfer_open()) return "cut off: " + std::string(upload::kTransferOpen);
    if (!session.handles.empty())
        return fmt::format("uploading: {} files are being written", session.handles.size());
    if (!session.reason.empty()) return session.reason;
    return upload::no_marker_text(config);
}

bool is_closed(upload::Account& account) {
    const std::lock_guard lock(account.mutex);
    return !account.closed.empty();
}

}  // namespace

Uploads::Uploads(const UploadServices& services)
    : state_(std::make_shared<State>(std::make_shared<upload::SessionRegistry>(services))) {
    state_->registry->listen();
}

Uploads::~Uploads() = default;

Status Uploads::recover() {
    BB_CHECK(upload::recover_accounts(*state_->registry));
    state_->closed_accounts.start();
    return {};
}

Status Uploads::add_account(const std::string& account) {
    return upload::recover_new_account(*state_->registry, account);
}

std::unique_ptr<Client> Uploads::connect(const std::string& account) {
    const auto known = state_->registry->account(account);
    if (is_closed(*known)) return upload::make_closed_client(account);
    return std::make_unique<upload::InboxClient>(state_->registry, known);
}

void Uploads::burn(const std::string& account, const std::string& session, bool again, Done done) {
    const auto known = state_->registry->account(account);
    if (is_closed(*known)) return done(std::unexpected(upload::closed_error(account)));
    upload::burn_session(state_->registry, known, session, again, std::move(done));
}

void Uploads::cancel(const std::string& account, const std::string& session, Done done) {
    const auto known = state_->registry->account(account);
    if (is_closed(*known)) return done(std::unexpected(upload::closed_error(account)));
    upload::cancel_session(state_->registry, known, session, std::move(done));
}

Result<std::unique_ptr<upload::IntakeSession>> Uploads::begin_intake(const std::string& account,
                                                                     const std::string& session,
                                                                     std::uint64_t bytes) {
    const auto known = state_->registry->account(account);
    if (is_closed(*known)) return std::unexpected(upload::closed_error(account));
    return upload::IntakeSession::begin(state_->registry, known, session, bytes);
}

std::vector<OpenSessionStatus> Uploads::open_sessions() {
    std::vector<OpenSessionStatus> all;
    const ConfigSnapshot config = state_->registry->config();
    for (const auto& account : state_->registry->accounts()) {
        const std::lock_guard lock(account->mutex);
        for (const auto& [name, session] : account->sessions)
            if (session->phase != upload::Phase::sealed)
                all.push_back({.account = account->name,
                               .name = name,
                               .bytes = session->files.bytes(),
                               .files_count = session->files.count(),
                               .reason = waiting_reason(config->session, *session)});
    }
    return all;
}

}  // namespace burnbox
