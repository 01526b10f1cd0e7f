#include "common/inbox/receipt_of.hpp"

#include <algorithm>

#include "common/catalogue/copy_rules.hpp"

namespace burnbox {

Receipt receipt_of(const SessionRow& row, const std::vector<DiscSessionRow>& copies,
                   const std::vector<DiscRow>& discs) {
    Receipt receipt;
    receipt.account = row.account;
    receipt.session = row.disc_name;
    receipt.path = "/" + row.account + "/" + row.disc_name;
    receipt.sealed_at = row.sealed_at;
    receipt.burned_at = row.burned_at.value_or(row.sealed_at);
    receipt.verified_at = row.verified_at.value_or(receipt.burned_at);
    receipt.files_count = row.files_count;
    receipt.bytes = row.bytes;
    receipt.marker_name = row.marker_name;
    receipt.marker_sha256 = row.marker_sha256;
    receipt.parts = row.parts;
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
                                  .part = copy.part,
                                  .counts = counts(discs, copy)});
    std::ranges::stable_sort(receipt.copies, {}, &ReceiptCopy::part);
    return receipt;
}

}  // namespace burnbox
