#include "burner/attempts/taken_labels.hpp"

#include <filesystem>

#include "common/inbox/found_again.hpp"

namespace burnbox {
namespace {

// Once: those of later receipts are in the catalogue.
Status read_receipts(AttemptContext& context) {
    if (context.schedule.receipts_read) return {};
    for (FileSystem* const place : context.services.inbox.places()) {
        BB_TRY(const auto accounts, list_folder(*place, ""));
        for (const DirEntry& account : accounts) {
            if (account.type != FileType::folder) continue;
            BB_TRY(const auto receipts, receipts_in(*place, account.name));
            for (const FoundReceipt& receipt : receipts)
                for (const ReceiptCopy& copy : receipt.head.copies)
                    context.schedule.add_label_seen(copy.disc);
        }
    }
    context.schedule.receipts_read = true;
    return {};
}

}  // namespace

Result<std::vector<std::string>> taken_labels(AttemptContext& context, const std::vector<DiscRow>& discs) {
    BB_CHECK(read_receipts(context));
    std::vector<std::string> taken;
    for (const DiscRow& disc : discs) taken.push_back(disc.label);
    const ShelfView view = context.places.look();
    for (const ShelfView::Image& image : view.images) {
        taken.push_back(image.disc.label);
        taken.push_back(std::filesystem::path(image.disc.location).stem().string());
    }
    for (const std::string& label : context.schedule.labels_seen()) taken.push_back(label);
    return taken;
}

}  // namespace burnbox
