// Accounts whose folders this user may not use, or that are not there though they should be: each is left
// alone, and the others are served.
#pragma once

#include <map>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

class ClosedAccounts {
  public:
    [[nodiscard]] bool has(const std::string& account) const { return reasons_.contains(account); }
    void add(const std::string& account, std::string reason) {
        reasons_.try_emplace(account, std::move(reason));
    }
    // What was done in the account's folder. When that was refused (Errc::permission), the account is one of
    // these, and the rest goes on; any other error is passed on.
    [[nodiscard]] Status take(const std::string& account, Status done) {
        if (done || done.error().code != Errc::permission) return done;
        add(account, done.error().message);
        return {};
    }
    [[nodiscard]] const std::map<std::string, std::string>& reasons() const { return reasons_; }

  private:
    std::map<std::string, std::string> reasons_;  // by account
};

}  // namespace burnbox
