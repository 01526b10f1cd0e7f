#include "server/startup/record_again.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/marks/found_again.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/durable_file.hpp"
#include "server/seal/seal_content.hpp"
#include "server/startup/seal_anew.hpp"

namespace burnbox::upload {
namespace {

// What is to be burned of it, with the marker's file among it.
struct Payload {
    SealedSession sealed;
    Manifest without_marker;
};

Result<Marker> marker_of(FileSystem& fs, const std::string& folder, const SessionRow& row,
                         const Manifest& manifest) {
    Marker marker{.name = row.marker_name, .content = {}, .sha256 = row.marker_sha256};
    const ManifestEntry* const entry = manifest.find(row.marker_name);
    if (row.marker_name.empty() || entry == nullptr || entry->sha256 != row.marker_sha256) return marker;
    if (entry->size_bytes > kMarkerBytes) return marker;
    BB_TRY(marker.content, read_file(fs, join_path(folder, row.marker_name), kMarkerBytes));
    return marker;
}

Result<Payload> read_payload(Inbox& inbox, FileSystem& state_fs, const SessionRow& row,
                             const std::stop_token& stop) {
    BB_TRY(FileSystem * fs, inbox.fs_of(row));
    std::string folder = join_path(row.account, row.folder);
    if (const auto copy = find_staged_copy(state_fs, row)) fs = &state_fs, folder = *copy;
    BB_TRY(Manifest manifest, read_folder(*fs, folder, stop));
    Payload payload{.sealed = {.account = row.account,
                               .disc_name = row.disc_name,
                               .sealed_at = std::chrono::floor<std::chrono::seconds>(row.sealed_at),
                               .marker = {},
                               .manifest = {}},
                    .without_marker = manifest};
    BB_TRY(payload.sealed.marker, marker_of(*fs, folder, row, manifest));
    std::erase_if(payload.without_marker.entries,
                  [&](const ManifestEntry& entry) { return entry.path == row.marker_name; });
    payload.sealed.manifest = std::move(manifest);
    if (row.staging.is_watched()) {
        rename_for_disc(payload.sealed.manifest);
        rename_for_disc(payload.without_marker);
    }
    return payload;
}

// A marker may have been data too: the digest of the seal tells.
bool holds_what_was_sealed(Payload& payload, const SessionRow& row) {
    if (payload.without_marker.content_digest() == row.content_digest)
        payload.sealed.manifest = std::move(payload.without_marker);
    else if (payload.sealed.manifest.content_digest() != row.content_digest)
        return false;
    payload.sealed.name_notes = name_notes_of(payload.sealed.manifest);
    return true;
}

// Unless it is empty: who can tell what it is by now.
void keep_marker_as_data(Payload& payload) {
    const ManifestEntry* const marker = payload.sealed.manifest.find(payload.sealed.marker.name);
    if (marker == nullptr || marker->size_bytes == 0)
        payload.sealed.manifest = std::move(payload.without_marker);
}

Status write_record(FileSystem& state_fs, const SessionRow& row, const SealedSession& sealed) {
    return replace_file(state_fs, seal_record_path(row.seal_id), to_seal_record(sealed));
}

struct Again {
    RecordAgain what = RecordAgain::unknown;
    std::optional<Payload> payload{};  // when it was read
};

Result<Again> try_again(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs, const SessionRow& row,
                        const std::stop_token& stop) {
    BB_TRY(const FoundSealRecord record, find_seal_record(state_fs, row.seal_id));
    if (record.sealed) return Again{RecordAgain::there};
    if (row.parts != 0 || row.is_part() || row.folder.empty()) return Again{};
    BB_TRY(const auto copies, catalogue.copies(row.id));
    if (!copies.empty()) return Again{};
    BB_TRY(Payload payload, read_payload(inbox, state_fs, row, stop));
    if (!holds_what_was_sealed(payload, row)) return Again{RecordAgain::unknown, std::move(payload)};
    BB_CHECK(write_record(state_fs, row, payload.sealed));
    log::warning("seal record made again", log::kv("session", row.account + "/" + row.disc_name),
                 log::kv("folder", row.folder),
                 log::kv("what", "it was gone; its files hold what the catalogue says of the seal"));
    return Again{RecordAgain::made};
}

}  // namespace

Result<RecordAgain> make_record_again(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                      const SessionRow& row, const std::stop_token& stop) {
    BB_TRY(const Again again, try_again(inbox, catalogue, state_fs, row, stop));
    return again.what;
}

Result<std::string> seal_what_is_there(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                       const SessionRow& row, const std::stop_token& stop) {
    BB_TRY(Again again, try_again(inbox, catalogue, state_fs, row, stop));
    if (again.what == RecordAgain::there) return std::string();
    if (again.what == RecordAgain::made)
        return std::string("its seal record was gone, and is made again: its files are what was sealed");
    if (!again.payload) {
        BB_TRY(again.payload, read_payload(inbox, state_fs, row, stop));
    }
    Payload& payload = *again.payload;
    if (payload.without_marker.entries.empty())
        return fail(Errc::invalid, fmt::format("{}/{}: its seal record is gone, and its folder is empty: put "
                                               "the files back, or send them again",
                                               escape(row.account), escape(row.disc_name)));
    keep_marker_as_data(payload);
    payload.sealed.name_notes = name_notes_of(payload.sealed.manifest);
    BB_CHECK(catalogue.reseal(row.id, row_of_seal(payload.sealed)));
    BB_CHECK(write_record(state_fs, row, payload.sealed));
    log::warning("session sealed anew", log::kv("session", row.account + "/" + row.disc_name),
                 log::kv("folder", row.folder), log::kv("files", payload.sealed.manifest.files_count()),
                 log::kv("were", row.files_count), log::kv("bytes", payload.sealed.manifest.payload_bytes()),
                 log::kv("bytes_were", row.bytes), log::kv("reason", "its seal record was gone"));
    return fmt::format(
        "its seal record was gone, and it is sealed anew from what its folder holds now, which is not what "
        "was "
        "sealed then: files {} (then {}), bytes {} (then {})",
        payload.sealed.manifest.files_count(), row.files_count, payload.sealed.manifest.payload_bytes(),
        row.bytes);
}

}  // namespace burnbox::upload
