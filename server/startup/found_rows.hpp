// Rows for sealed sessions that the catalogue does not know, from what is left of them: a seal record, a
// folder, a receipt. All block.
#pragma once

#include "server/sessions/services.hpp"
#include "server/startup/account_folders.hpp"

namespace burnbox::upload {

class FoundRows {
  public:
    // All outlive this. `seals`: those that no row refers to. Folders that get a row are claimed.
    FoundRows(const UploadServices& services, AccountFolders& folders, const Seals& seals)
        : services_(services), folders_(folders), seals_(seals) {}

    // Sealed after the catalogue's copy was made: their markers were answered.
    [[nodiscard]] Status of_seals();
    // Queued folders that nobody else has claimed are sealed once more, from what is in them. One that can't
    // be is logged.
    void of_folders();
    // What was burned keeps its name, whether its disc is at hand or not.
    [[nodiscard]] Status of_receipts();

  private:
    [[nodiscard]] Status of_seal(const std::string& seal_id, const SealedSession& sealed);
    [[nodiscard]] Status add(const std::string& seal_id, const SealedSession& sealed,
                             const std::string& folder);
    void seal_once_more(const std::string& folder);
    [[nodiscard]] SessionRow row_of(const FoundReceipt& receipt) const;

    const UploadServices& services_;
    AccountFolders& folders_;
    const Seals& seals_;
};

}  // namespace burnbox::upload
