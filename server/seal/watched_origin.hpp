// Sessions of a watched folder, which other programs fill: the administrator decided that what is in it is to
// be burned. Rights and quota are for what comes by SSH.
#pragma once

#include "server/seal/seal_origin.hpp"

namespace burnbox::upload {

class WatchedOrigin final : public SealOrigin {
  public:
    // `registry`: whose inbox is that of the folder. `account`: whose sessions they become.
    WatchedOrigin(std::shared_ptr<SessionRegistry> registry, std::string account)
        : SealOrigin(std::move(registry), {.any_names = true, .others_write = true, .shows_refusals = true}),
          account_(std::move(account)) {}

    [[nodiscard]] const std::string& account() const override { return account_; }
    [[nodiscard]] std::string pool() const override;
    [[nodiscard]] std::mutex& mutex() const override { return mutex_; }
    [[nodiscard]] Status open_again(OpenSession& session, const SessionRow& row) override;

  private:
    const std::string account_;
    mutable std::mutex mutex_;
};

}  // namespace burnbox::upload
