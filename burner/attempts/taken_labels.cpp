#include "burner/attempts/taken_labels.hpp"

#include <filesystem>

#include "burner/rules/labels.hpp"
#include "common/marks/found_again.hpp"

namespace burnbox {
namespace {

// False: the folder can't be read. That keeps no disc from being begun while the catalogue knows them all
// anyway.
Result<bool> read_receipts_of(AttemptContext& context, FileSystem& place, const std::string& account) {
    const auto receipts = receipts_in(place, account);
    if (!receipts && context.schedule.catalogue_is_older()) return std::unexpected(receipts.error());
    if (!receipts) return false;
    for (const FoundReceipt& receipt : *receipts)
        for (const ReceiptCopy& copy : receipt.head.copies)
            context.schedule.add_label_seen(label_on_disc(copy.disc));
    return true;
}

// Once everything can be read: labels of later receipts are in the catalogue.
Status read_receipts(AttemptContext& context) {
    if (context.schedule.receipts_read) return {};
    const Inbox::Places places = context.services.inbox.places();
    bool all = places.all;
    for (FileSystem* const place : places.there) {
        BB_TRY(const auto accounts, list_folder(*place, ""));
        for (const DirEntry& account : accounts) {
            if (account.type != FileType::folder) continue;
            BB_TRY(const bool read, read_receipts_of(context, *place, account.name));
            all = all && read;
        }
    }
    context.schedule.receipts_read = all;
    return {};
}

}  // namespace

Result<std::vector<std::string>> taken_labels(AttemptContext& context, const std::vector<DiscRow>& discs) {
    BB_CHECK(read_receipts(context));
    std::vector<std::string> taken;
    for (const DiscRow& disc : discs) taken.push_back(disc.label);
    const ShelfView view = context.places.look();
    for (const ShelfView::Image& image : view.images) {
        if (image.disc.blank && image.drive == context.drive.name()) continue;  // it may be put in as a blank
        taken.push_back(image.disc.label);
        taken.push_back(std::filesystem::path(image.disc.location).stem().string());
    }
    for (const std::string& label : context.schedule.labels_seen()) taken.push_back(label);
    return taken;
}

}  // namespace burnbox
