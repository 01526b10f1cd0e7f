#include "server/startup/account_folders.hpp"

namespace burnbox::upload {

bool may_be_in(const SealedSession& sealed, const std::string& account, const std::string& folder) {
    const std::string name = parse_folder(folder).name;
    return sealed.account == account &&
           (sealed.disc_name == name || sealed.disc_name.starts_with(name + "-"));
}

bool is_of(const FoundReceipt& receipt, const std::string& disc_name, Timestamp sealed_at) {
    return receipt.head.session == disc_name && to_iso8601(receipt.head.sealed_at) == to_iso8601(sealed_at);
}

log::Field named(const SessionRow& row) {
    return log::kv("session", row.account + "/" + row.disc_name);
}

Status AccountFolders::read() {
    const auto entries = list_folder(fs_, account_);
    if (!entries && entries.error().code != Errc::not_found) return std::unexpected(entries.error());
    if (!entries) return {};
    for (const DirEntry& entry : *entries)
        if (entry.type == FileType::folder) folders_.insert(entry.name);
    free_ = folders_;
    return {};
}

std::vector<std::string> AccountFolders::free_in(FolderState state) const {
    std::vector<std::string> folders;
    for (const std::string& folder : free_)
        if (parse_folder(folder).state == state) folders.push_back(folder);
    return folders;
}

Result<const std::vector<FoundReceipt>*> AccountFolders::receipts() {
    if (!receipts_) {
        BB_TRY(receipts_, receipts_in(fs_, account_));
    }
    return &*receipts_;
}

}  // namespace burnbox::upload
