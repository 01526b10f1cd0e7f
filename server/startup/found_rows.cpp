#include "server/startup/found_rows.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "server/startup/seal_anew.hpp"

namespace burnbox::upload {
namespace {

// Until its discs are read.
std::string reason_of(const FoundReceipt& receipt) {
    std::string discs;
    for (const ReceiptCopy& copy : receipt.head.copies)
        discs += (discs.empty() ? "" : ", ") + escape(copy.disc);
    return fmt::format(
        "its receipt says that it is on {}, which the catalogue does not know: put the disc into a drive, or "
        "its image into image_dir",
        discs.empty() ? "a disc" : discs);
}

}  // namespace

Status FoundRows::of_seals() {
    for (const auto& [id, sealed] : seals_)
        if (sealed.account == folders_.account()) BB_CHECK(of_seal(id, sealed));
    return {};
}

Status FoundRows::of_seal(const std::string& seal_id, const SealedSession& sealed) {
    for (const FolderState state : {FolderState::queued, FolderState::failed})
        for (const std::string& folder : folders_.free_in(state)) {
            if (!may_be_in(sealed, folders_.account(), folder)) continue;
            BB_TRY(const Fit fit, fit_of(folders_.fs(), join_path(folders_.account(), folder), sealed));
            if (fit == Fit::times) return add(seal_id, sealed, folder);
        }
    return {};
}

Status FoundRows::add(const std::string& seal_id, const SealedSession& sealed, const std::string& folder) {
    SessionRow row = row_for(services_, sealed, folder);
    row.seal_id = seal_id;
    if (parse_folder(folder).state == FolderState::failed)
        row.state = SessionState::failed, row.reason = kHadFailed;
    const auto id = services_.catalogue.add_session(row);
    if (!id && id.error().code != Errc::exists) return std::unexpected(id.error());
    if (!id) return {};
    folders_.claim(folder);
    log::warning("session found again", named(row), log::kv("folder", folder));
    return {};
}

void FoundRows::of_folders() {
    for (const std::string& folder : folders_.free_in(FolderState::queued)) seal_once_more(folder);
}

void FoundRows::seal_once_more(const std::string& folder) {
    const auto row = seal_anew(services_, folders_.account(), folder);
    if (!row) {
        log::error("sealed folder not taken", log::kv("account", folders_.account()),
                   log::kv("folder", folder), log::kv(row.error()));
        return;
    }
    folders_.claim(folder);
    const bool is_burned = row->state == SessionState::burned;
    log::warning("session found again", named(*row), log::kv("folder", folder),
                 log::kv("what", is_burned ? "it is burned: a disc holds what its files hold"
                                           : "its seal record is gone too: it was made anew from its files"));
}

Status FoundRows::of_receipts() {
    BB_TRY(const auto* const receipts, folders_.receipts());
    for (const FoundReceipt& receipt : *receipts) {
        if (!folders_.is_free(receipt.folder)) continue;
        SessionRow row = row_of(receipt);
        for (const auto& [id, sealed] : seals_)
            if (sealed.account == folders_.account() && is_of(receipt, sealed.disc_name, sealed.sealed_at)) {
                row.seal_id = id;
                row.content_digest = sealed.manifest.content_digest();
            }
        const auto added = services_.catalogue.add_session(row);
        if (!added && added.error().code != Errc::exists) return std::unexpected(added.error());
        if (added) log::warning("burned session found again", named(row), log::kv("folder", receipt.folder));
    }
    return {};
}

SessionRow FoundRows::row_of(const FoundReceipt& receipt) const {
    SessionRow row;
    row.account = folders_.account();
    row.name = parse_folder(receipt.folder).name;
    row.disc_name = receipt.head.session;
    if (auto pool = pool_of(services_.config, folders_.account())) row.pool = std::move(*pool);
    row.copies = static_cast<unsigned>(whole_copies(receipt.head));
    row.state = SessionState::burned;
    row.reason = reason_of(receipt);
    row.folder = receipt.folder;
    row.seal_id = random_uuid();
    row.marker_name = receipt.head.marker_name;
    row.marker_sha256 = receipt.head.marker_sha256;
    row.bytes = receipt.head.bytes;
    row.files_count = receipt.head.files_count;
    row.sealed_at = receipt.head.sealed_at;
    row.burned_at = receipt.head.burned_at;
    row.verified_at = receipt.head.verified_at;
    row.staging = services_.inbox.area();
    return row;
}

}  // namespace burnbox::upload
