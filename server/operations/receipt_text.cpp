#include "server/operations/receipt_text.hpp"

#include "common/inbox/receipt_of.hpp"
#include "common/unicode/shown_text.hpp"

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
    BB_TRY(const auto copies, catalogue.copies(row.id));
    BB_TRY(const auto discs, catalogue.discs());
    return to_text(receipt_of(row, copies, discs));
}

}  // namespace burnbox
