// A session of an account: one that clients send into its inbox.
#pragma once

#include "server/seal/seal_origin.hpp"

namespace burnbox::upload {

// Counted against the account's quota, whoever fills it.
class AccountOrigin : public SealOrigin {
  public:
    [[nodiscard]] const std::string& account() const override { return account_->name; }
    [[nodiscard]] std::string pool() const override { return account_->terms.pool(); }
    [[nodiscard]] std::mutex& mutex() const override { return account_->mutex; }
    void release(std::uint64_t bytes) override { account_->release(bytes); }
    void count_as_queued(const OpenSession& session, const SessionRow& row) override;

  protected:
    AccountOrigin(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                  const OriginRules& rules)
        : SealOrigin(std::move(registry), rules), account_(std::move(account)) {}

    const std::shared_ptr<Account> account_;
};

class InboxOrigin final : public AccountOrigin {
  public:
    InboxOrigin(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account)
        : AccountOrigin(std::move(registry), std::move(account),
                        {.any_names = false, .others_write = false, .shows_refusals = true}) {}

    [[nodiscard]] Status check_right() const override;
    // Every connection of the account sees the sealed folder under its old name too.
    void hand_over(OpenSession& session, const SessionRow& row, const std::string& folder,
                   const SealContent& content) override;
    [[nodiscard]] Status open_again(OpenSession& session, const SessionRow& row) override;
};

}  // namespace burnbox::upload
