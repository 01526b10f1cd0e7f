#include "server/seal/intake_session.hpp"

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/seal/sealer.hpp"

namespace burnbox::upload {
namespace {

// No account has this name: what arrives has no journal, and must not touch that of an open session.
constexpr const char* kNoJournal = "-arriving";

std::shared_ptr<OpenSession> make_session(const SessionRegistry& registry, const std::string& name,
                                          const std::string& seal_id) {
    auto session = std::make_shared<OpenSession>(registry.services.state_fs, kNoJournal, name);
    session->arrives_in = arriving_folder(seal_id);
    session->phase = Phase::sealing;  // nobody else changes it
    return session;
}

}  // namespace

IntakeSession::IntakeSession(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                             const std::string& session, std::string seal_id)
    : registry_(std::move(registry)),
      account_(std::move(account)),
      seal_id_(std::move(seal_id)),
      session_(make_session(*registry_, session, seal_id_)),
      folder_(join_path(account_->name, session_->arrives_in)),
      sync_failures_(registry_->sync_failures()) {}

Result<std::unique_ptr<IntakeSession>> IntakeSession::begin(std::shared_ptr<SessionRegistry> registry,
                                                            std::shared_ptr<Account> account,
                                                            const std::string& session, std::uint64_t bytes) {
    BB_CHECK(check_session_name(session));
    std::unique_ptr<IntakeSession> intake(
        new IntakeSession(std::move(registry), std::move(account), session, random_uuid()));
    {
        const std::lock_guard lock(intake->account_->mutex);
        SessionFiles& files = intake->session_->files;
        BB_CHECK(intake->account_->charge(files, files.found(""), bytes));  // all of them as one
    }
    BB_CHECK(intake->fs().make_folder(intake->folder_, 0755));
    return intake;
}

IntakeSession::~IntakeSession() {
    if (sealed_) return;
    {
        const std::lock_guard lock(account_->mutex);
        account_->release(session_->files.bytes());
    }
    const Status removed = remove_tree(fs(), folder_);
    if (!removed && removed.error().code != Errc::not_found)
        log::warning("arriving folder not removed", log::kv("folder", folder_),
                     log::kv("remedy", "the next start does it"), log::kv(removed.error()));
}

Result<SessionRow> IntakeSession::seal(SealContent content, bool again) {
    content.seal_id = seal_id_;
    content.sync_failures = sync_failures_;
    Result<std::string> answer;
    session_->waiting.push_back([&](Result<std::string> given) { answer = std::move(given); });
    Sealer sealer(registry_, account_, session_,
                  {.by = SealRequest::By::command,
                   .marker = content.marker.name,
                   .again = again,
                   .sender_opened_at = {},
                   .content = std::make_shared<SealContent>(std::move(content))});
    sealer.run();
    findings_ = sealer.findings();
    if (!answer) return std::unexpected(answer.error());
    sealed_ = true;
    return *sealer.row();
}

}  // namespace burnbox::upload
