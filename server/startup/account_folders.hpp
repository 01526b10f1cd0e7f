// The folders of one account as a start finds them, and which of them no session has claimed yet.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/log.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/marks/found_again.hpp"
#include "common/session/names.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox::upload {

using Seals = std::map<std::string, SealedSession>;  // by seal id

// Whether the folder may be that session's, by its name: the disc name may have a number behind it.
[[nodiscard]] bool may_be_in(const SealedSession& sealed, const std::string& account,
                             const std::string& folder);
// Whether the receipt is of the session that was sealed then.
[[nodiscard]] bool is_of(const FoundReceipt& receipt, const std::string& disc_name, Timestamp sealed_at);
[[nodiscard]] log::Field named(const SessionRow& row);

class AccountFolders {
  public:
    AccountFolders(FileSystem& fs, std::string account) : fs_(fs), account_(std::move(account)) {}

    // Before anything else. Errors: those of listing. Blocks.
    [[nodiscard]] Status read();

    [[nodiscard]] const std::string& account() const { return account_; }
    [[nodiscard]] FileSystem& fs() const { return fs_; }
    [[nodiscard]] bool was_there(const std::string& folder) const { return folders_.contains(folder); }
    [[nodiscard]] bool is_free(const std::string& folder) const { return free_.contains(folder); }
    [[nodiscard]] const std::set<std::string>& free() const { return free_; }
    [[nodiscard]] std::vector<std::string> free_in(FolderState state) const;  // by name
    void claim(const std::string& folder) { free_.erase(folder); }
    // Of all folders, read when they are needed. Blocks.
    [[nodiscard]] Result<const std::vector<FoundReceipt>*> receipts();

  private:
    FileSystem& fs_;
    const std::string account_;
    std::set<std::string> folders_;  // what was there at the beginning
    std::set<std::string> free_;     // those of them that no row has claimed
    std::optional<std::vector<FoundReceipt>> receipts_;
};

}  // namespace burnbox::upload
