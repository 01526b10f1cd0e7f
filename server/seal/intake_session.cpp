#include "server/seal/intake_session.hpp"

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/seal/inbox_origin.hpp"
#include "server/seal/sealer.hpp"

namespace burnbox::upload {

// It lies hidden in the account's inbox until it is sealed.
class IntakeSession::FilledOrigin final : public AccountOrigin {
  public:
    FilledOrigin(const IntakeSession& intake, SealContent content)
        : AccountOrigin(intake.registry_, intake.account_,
                        {.any_names = true, .others_write = false, .shows_refusals = false}),
          intake_(intake),
          content_(std::move(content)) {}

    [[nodiscard]] std::uint64_t sync_failures() const override { return intake_.sync_failures_; }
    [[nodiscard]] SealStep<SealContent> read(OpenSession& /*session*/, const SealRequest&) override {
        return std::move(content_);
    }
    [[nodiscard]] std::string seal_id() const override { return intake_.seal_id_; }
    [[nodiscard]] std::string folder(const OpenSession& /*session*/) const override {
        return hidden_folder(intake_.seal_id_);
    }
    [[nodiscard]] std::string words_for_again(const OpenSession& /*session*/) const override {
        return "say --again";
    }

    // No client ever knew it.
    void hand_over(OpenSession& session, const SessionRow& /*row*/, const std::string& /*folder*/,
                   const SealContent& /*content*/) override {
        session.files.clear();
    }
    // Whoever fills it takes it away.
    [[nodiscard]] Status open_again(OpenSession& session, const SessionRow& row) override {
        {
            const std::lock_guard lock(account_->mutex);
            account_->queued_bytes.erase(row.disc_name);
            session.phase = Phase::open;
            BB_CHECK(fs().rename(join_path(account_->name, row.folder_next), top(session),
                                 RenameMode::no_replace));
        }
        BB_CHECK(services().catalogue.set_folder(row.id, row.folder));
        return services().catalogue.remove_session(row.id);
    }

  private:
    const IntakeSession& intake_;
    SealContent content_;
};

IntakeSession::IntakeSession(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                             const std::string& session, std::string seal_id)
    : registry_(std::move(registry)),
      account_(std::move(account)),
      seal_id_(std::move(seal_id)),
      session_(session),
      folder_(join_path(account_->name, hidden_folder(seal_id_))),
      sync_failures_(registry_->sync_failures()) {
    session_.phase = Phase::sealing;  // nobody else changes it
}

Result<std::unique_ptr<IntakeSession>> IntakeSession::begin(std::shared_ptr<SessionRegistry> registry,
                                                            std::shared_ptr<Account> account,
                                                            const std::string& session, std::uint64_t bytes) {
    BB_CHECK(check_session_name(session));
    std::unique_ptr<IntakeSession> intake(
        new IntakeSession(std::move(registry), std::move(account), session, random_uuid()));
    {
        const std::lock_guard lock(intake->account_->mutex);
        SessionFiles& files = intake->session_.files;
        BB_CHECK(intake->account_->charge(files, files.found(""), bytes));  // all of them as one
    }
    BB_CHECK(intake->fs().make_folder(intake->folder_, 0755));
    return intake;
}

IntakeSession::~IntakeSession() {
    if (sealed_) return;
    {
        const std::lock_guard lock(account_->mutex);
        account_->release(session_.files.bytes());
    }
    const Status removed = remove_tree(fs(), folder_);
    if (!removed && removed.error().code != Errc::not_found)
        log::warning("hidden folder not removed", log::kv("folder", folder_),
                     log::kv("remedy", "the next start does it"), log::kv(removed.error()));
}

Result<SessionRow> IntakeSession::seal(SealContent content, bool again) {
    Result<std::string> answer;
    session_.waiting.push_back([&](Result<std::string> given) { answer = std::move(given); });
    const SealRequest request{.by = SealRequest::By::command,
                              .marker = content.marker.name,
                              .again = again,
                              .sender_opened_at = {}};
    FilledOrigin origin(*this, std::move(content));
    Sealer sealer(origin, session_, request);
    sealer.run();
    findings_ = sealer.findings();
    if (!answer) return std::unexpected(answer.error());
    sealed_ = true;
    return *sealer.row();
}

}  // namespace burnbox::upload
