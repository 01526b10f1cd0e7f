// What the configuration says of one account at the moment: its rights, its quota, its pool. They change with
// each reload, so they are asked for at each decision and kept nowhere.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "common/config/current_config.hpp"

namespace burnbox::upload {

// Threads: any. A WRITE asks, too: it pays for one atomic number and a lock of this account's own, under
// which nothing is done; the configuration itself is only looked at after a reload.
class AccountTerms {
  public:
    // `config` outlives it.
    AccountTerms(std::string account, const CurrentConfig& config);

    [[nodiscard]] Rights rights() const;
    [[nodiscard]] std::uint64_t quota_bytes() const;  // 0 = none
    [[nodiscard]] std::string pool() const;           // of what is sealed from now on

  private:
    void look() const;

    const std::string account_;
    const CurrentConfig& config_;
    mutable std::mutex mutex_;  // guards all below
    mutable std::uint64_t seen_;
    // An account that was removed keeps its last ones: what it has left can still be burned or taken back by
    // the administrator.
    mutable Rights rights_;
    mutable std::uint64_t quota_bytes_ = 0;
    mutable std::string pool_ = AccountConfig().pool;
};

}  // namespace burnbox::upload
