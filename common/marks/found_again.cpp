#include "common/marks/found_again.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "common/session/names.hpp"
#include "common/session/part.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostReceiptBytes = 1ULL << 30U;
constexpr std::string_view kFiles = ",\n \"files\": [";  // the head ends there

Result<std::vector<DirEntry>> entries_of(FileSystem& fs, const std::string& folder) {
    auto entries = list_folder(fs, folder);
    if (!entries && entries.error().code == Errc::not_found) return std::vector<DirEntry>();
    return entries;
}

Timestamp time_at(const nlohmann::json& json, const char* key) {
    return parse_iso8601(json.at(key).get<std::string>()).value_or(Timestamp());
}

}  // namespace

Result<Receipt> parse_receipt_head(std::string_view text) {
    std::string head(text.substr(0, text.find(kFiles)));
    if (head.size() != text.size()) head += "}";
    try {
        const auto json = nlohmann::json::parse(head);
        Receipt receipt;
        json.at("account").get_to(receipt.account);
        json.at("session").get_to(receipt.session);
        receipt.sealed_at = time_at(json, "sealed_at");
        receipt.burned_at = time_at(json, "burned_at");
        receipt.verified_at = time_at(json, "verified_at");
        json.at("files_count").get_to(receipt.files_count);
        json.at("bytes").get_to(receipt.bytes);
        json.at("marker").at("name").get_to(receipt.marker_name);
        receipt.marker_sha256 =
            Sha256::parse(json.at("marker").at("sha256").get<std::string>()).value_or(Sha256());
        receipt.parts = json.value("parts", 0U);
        for (const auto& copy : json.at("copies")) {
            ReceiptCopy& there = receipt.copies.emplace_back();
            copy.at("disc").get_to(there.disc);
            copy.at("serial").get_to(there.serial);
            there.part = copy.value("part", 0U);
            there.counts = copy.value("counts", true);
        }
        return receipt;
    } catch (const nlohmann::json::exception& error) {
        return fail(Errc::corrupt, std::string("read a receipt: ") + error.what());
    }
}

Result<std::vector<FoundReceipt>> receipts_in(FileSystem& inbox, const std::string& account) {
    const auto entries = entries_of(inbox, account);
    std::vector<FoundReceipt> receipts;
    // A disk's own lost+found, or an account that is not served: nobody else has to wait for it.
    if (!entries && entries.error().code == Errc::permission) return receipts;
    if (!entries) return std::unexpected(entries.error());
    for (const DirEntry& entry : *entries) {
        if (entry.type != FileType::folder || parse_folder(entry.name).state == FolderState::open) continue;
        const auto text =
            read_file(inbox, join_path(join_path(account, entry.name), "receipt.json"), kMostReceiptBytes);
        if (!text) continue;
        auto head = parse_receipt_head(*text);
        if (head && head->account == account) receipts.push_back({entry.name, std::move(*head)});
    }
    return receipts;
}

Result<std::optional<std::string>> burned_folder_of(FileSystem& inbox, const SessionRow& row) {
    BB_TRY(const auto receipts, receipts_in(inbox, row.account));
    const std::string sealed_at = to_iso8601(row.sealed_at);
    for (const FoundReceipt& receipt : receipts)
        if (receipt.head.session == row.disc_name && to_iso8601(receipt.head.sealed_at) == sealed_at)
            return std::optional(receipt.folder);
    return std::optional<std::string>();
}

SessionRow row_of_seal(const SealedSession& sealed) {
    SessionRow row;
    row.account = sealed.account;
    row.name = sealed.disc_name;
    row.disc_name = sealed.disc_name;
    row.content_digest = sealed.manifest.content_digest();
    row.marker_name = sealed.marker.name;
    row.marker_sha256 = sealed.marker.sha256;
    row.bytes = sealed.manifest.payload_bytes();
    row.files_count = sealed.manifest.files_count();
    row.sealed_at = sealed.sealed_at;
    return row;
}

Result<std::vector<std::string>> unreferenced_seals(FileSystem& state_fs, Catalogue& catalogue) {
    constexpr std::string_view kEnd = ".jsonl";
    BB_TRY(const auto entries, entries_of(state_fs, "seals"));
    BB_TRY(const auto rows, catalogue.sessions(""));
    std::set<std::string> known;
    for (const SessionRow& row : rows) known.insert(row.seal_id);
    std::vector<std::string> ids;
    for (const DirEntry& entry : entries) {
        if (!entry.name.ends_with(kEnd) || entry.name.starts_with('.')) continue;
        std::string id = entry.name.substr(0, entry.name.size() - kEnd.size());
        if (id == whole_seal_id(id) && !known.contains(id)) ids.push_back(std::move(id));
    }
    std::ranges::sort(ids);
    return ids;
}

}  // namespace burnbox
