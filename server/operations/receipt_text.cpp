#include "server/operations/receipt_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/shown_text.hpp"
#include "common/session/receipt.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostReceiptBytes = 1U << 20U;

}  // namespace

Result<std::string> receipt_text(Catalogue& catalogue, Inbox& inbox, const SessionRow& row) {
    if (!row.folder.empty()) {
        const std::string path = join_path(join_path(row.account, row.folder), "RECEIPT.txt");
        if (const auto fs = inbox.fs_of(row); fs)
            if (const auto text = read_file(**fs, path, kMostReceiptBytes); text) return show_lines(*text);
    }
    Receipt receipt;
    receipt.account = row.account;
    receipt.session = row.disc_name;
    receipt.path = fmt::format("/{}/{}", row.account, row.disc_name);
    receipt.sealed_at = row.sealed_at;
    receipt.burned_at = row.burned_at.value_or(row.sealed_at);
    receipt.verified_at = row.verified_at.value_or(receipt.burned_at);
    receipt.files_count = row.files_count;
    receipt.bytes = row.bytes;
    receipt.marker_name = row.marker_name;
    receipt.marker_sha256 = row.marker_sha256;
    receipt.parts = row.parts;
    BB_TRY(const auto copies, catalogue.copies(row.id));
    for (const DiscSessionRow& copy : copies)
        receipt.copies.push_back({.disc = copy.disc_label,
                                  .serial = copy.serial,
                                  .medium = copy.medium,
                                  .media_id = copy.media_id,
                                  .drive = copy.drive,
                                  .location = copy.location,
                                  .disc_session = copy.disc_session,
                                  .start_lba = copy.start_lba,
                                  .blocks = copy.blocks,
                                  .part = copy.part});
    std::ranges::stable_sort(receipt.copies, {}, &ReceiptCopy::part);
    return to_text(receipt);
}

}  // namespace burnbox
