// What tells of sessions beside the catalogue: seal records, and the receipts in folders. An older copy of
// the catalogue may have been put back, which does not know them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"
#include "common/session/receipt.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

// What a receipt.json says before its list of files; of its copies the discs. Errors: corrupt.
[[nodiscard]] Result<Receipt> parse_receipt_head(std::string_view text);

struct FoundReceipt {
    std::string folder;  // of the account's: "holiday-burned"
    Receipt head;        // parse_receipt_head()
};
// Of all folders of the account; those without one, or with one that can't be read, are left out. Nothing
// when the account has no folder, or one that we may not read.
[[nodiscard]] Result<std::vector<FoundReceipt>> receipts_in(FileSystem& inbox, const std::string& account);
// The folder whose receipt is that of this sealed session.
[[nodiscard]] Result<std::optional<std::string>> burned_folder_of(FileSystem& inbox, const SessionRow& row);

// Why a session that an older catalogue has as queued waits in a folder of what is burned.
constexpr const char* kReceiptSaysBurned =
    "its receipt says that it is burned: it counts as burned when its disc was read again";

// Why a session waits for a person whose row was made again from what was found.
constexpr const char* kHadFailed =
    "it had failed before an older catalogue was put back: FAILED.txt in its folder says why";

// The row of a sealed session as far as its record says it; its name is the one on disc.
[[nodiscard]] SessionRow row_of_seal(const SealedSession& sealed);

// Seal ids of the records in seals/ that no row refers to, but for those of parts.
[[nodiscard]] Result<std::vector<std::string>> unreferenced_seals(FileSystem& state_fs, Catalogue& catalogue);

}  // namespace burnbox
