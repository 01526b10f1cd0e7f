#include "server/startup/seal_anew.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/marks/found_again.hpp"
#include "common/session/names.hpp"
#include "common/storage/durable_file.hpp"
#include "server/files/hash_files.hpp"
#include "server/files/session_walk.hpp"
#include "server/rules/marker_rule.hpp"
#include "server/seal/seal_content.hpp"

namespace burnbox::upload {
namespace {

// The marker that was answered still lies there: the first by the order of the configuration.
std::string marker_in(const UploadServices& services, const std::vector<WalkEntry>& entries) {
    const ConfigSnapshot config = services.config.snapshot();
    for (const std::string& name : config->session.marker)
        for (const WalkEntry& entry : entries)
            if (entry.path == name && entry.info.type == FileType::file) return name;
    return {};
}

Result<Manifest> read_manifest(FileSystem& fs, const std::string& path, const std::vector<WalkEntry>& entries,
                               const std::stop_token& stop = {}) {
    Manifest manifest;
    for (const WalkEntry& from : entries) {
        ManifestEntry& entry =
            manifest.entries.emplace_back(to_manifest_entry(from.path, from.info, from.link_target));
        if (stop.stop_requested()) return fail(Errc::cancelled, "burnbox is stopping");
        if (from.info.type != FileType::file) continue;
        BB_TRY(const HashedFile hashed, hash_file(fs, join_path(path, from.path)));
        entry.size_bytes = hashed.info.size_bytes;
        entry.sha256 = hashed.sha256;
    }
    return manifest;
}

// The session of that name that is burned with this content, and whose folder was moved away.
Result<std::optional<SessionRow>> burned_without_folder(const UploadServices& services,
                                                        const std::string& account, const std::string& folder,
                                                        const SealedSession& sealed) {
    BB_TRY(auto row, services.catalogue.find_same_content(account, parse_folder(folder).name,
                                                          sealed.manifest.content_digest()));
    const bool is_it = row && row->state == SessionState::burned && row->folder.empty() &&
                       row->staging == services.inbox.area();
    if (!is_it) return std::nullopt;
    BB_CHECK(services.catalogue.set_folder(row->id, folder));
    BB_TRY(row, services.catalogue.session(row->id));
    return row;
}

}  // namespace

Result<Manifest> read_folder(FileSystem& fs, const std::string& folder, const std::stop_token& stop) {
    BB_TRY(const auto entries, walk_session(fs, folder));
    return read_manifest(fs, folder, entries, stop);
}

SessionRow row_for(const UploadServices& services, const SealedSession& sealed, const std::string& folder) {
    SessionRow row = row_of_seal(sealed);
    row.name = parse_folder(folder).name;
    if (auto pool = pool_of(services.config, sealed.account)) row.pool = std::move(*pool);
    row.copies = copies_of(services.config, row.pool);
    row.folder = folder;
    row.staging = services.inbox.area();
    return row;
}

Result<SessionRow> seal_anew(const UploadServices& services, const std::string& account,
                             const std::string& folder) {
    FileSystem& fs = services.inbox.fs();
    const std::string path = join_path(account, folder);
    BB_TRY(const auto entries, walk_session(fs, path));
    if (entries.empty()) return fail(Errc::invalid, "seal " + fs.host_path(path) + " anew: nothing is in it");
    SealedSession sealed{
        .account = account, .disc_name = {}, .sealed_at = services.clock.now(), .marker = {}, .manifest = {}};
    BB_TRY(sealed.manifest, read_manifest(fs, path, entries));
    sealed.marker.name = marker_in(services, entries);
    if (const ManifestEntry* marker = sealed.manifest.find(sealed.marker.name)) {
        sealed.marker.sha256 = marker->sha256;
        if (marker->size_bytes <= kMarkerBytes) {
            BB_TRY(sealed.marker.content, read_file(fs, join_path(path, marker->path), kMarkerBytes));
        }
        const ConfigSnapshot config = services.config.snapshot();
        if (!is_data_too(sealed.marker.name, marker->size_bytes, true,
                         has_tag_files(config->burn.layout, sealed.manifest)))
            std::erase_if(sealed.manifest.entries,
                          [&](const ManifestEntry& entry) { return entry.path == sealed.marker.name; });
    }
    if (services.inbox.area().is_watched()) rename_for_disc(sealed.manifest);
    BB_TRY(const auto burned, burned_without_folder(services, account, folder, sealed));
    if (burned) return *burned;
    sealed.name_notes = name_notes_of(sealed.manifest);
    BB_TRY(const auto taken, services.catalogue.disc_names(account));
    sealed.disc_name = first_free_disc_name(parse_folder(folder).name, taken);
    SessionRow row = row_for(services, sealed, folder);
    row.seal_id = random_uuid();
    BB_CHECK(replace_file(services.state_fs, seal_record_path(row.seal_id), to_seal_record(sealed)));
    BB_TRY(row.id, services.catalogue.add_session(row));
    return row;
}

}  // namespace burnbox::upload
