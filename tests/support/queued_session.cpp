#include "tests/support/queued_session.hpp"

#include "common/session/sealed_session.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

void write(FileSystem& fs, const std::string& path, const std::string& content) {
    must(make_folders(fs, std::string(parent_path(path)), 0755));
    must(replace_file(fs, path, content));
}

}  // namespace

SessionId queue_session(const SessionPlace& place, const std::string& name,
                        const std::map<std::string, std::string>& files, const std::string& marker,
                        const std::string& seal_id) {
    SealedSession sealed{"alice", name, place.clock.now(), {marker, "go", Sha256::of("go")}, {}};
    const std::string folder = "alice/" + name + "-queued/";
    std::map<std::string, ManifestEntry> entries;
    for (const auto& [path, content] : files) {
        write(place.inbox_fs, folder + path, content);
        for (std::string_view parent = parent_path(path); !parent.empty(); parent = parent_path(parent))
            entries[std::string(parent)] = {
                std::string(parent), FileType::folder, 0755, 0, 0, place.clock.now(), 0, {}, ""};
        entries[path] = {path,           FileType::file,      0644, 0, 0, place.clock.now(),
                         content.size(), Sha256::of(content), ""};
    }
    for (auto& [path, entry] : entries) sealed.manifest.entries.push_back(std::move(entry));
    if (!files.contains(marker)) write(place.inbox_fs, folder + marker, "go");
    write(place.state_fs, "seals/" + seal_id + ".jsonl", to_seal_record(sealed));
    must(place.inbox_fs.sync_all());
    must(place.state_fs.sync_all());
    SessionRow row;
    row.account = "alice", row.name = name, row.disc_name = name, row.pool = "default",
    row.folder = name + "-queued";
    row.seal_id = seal_id, row.content_digest = sealed.manifest.content_digest(), row.marker_name = marker;
    row.marker_sha256 = sealed.marker.sha256, row.bytes = sealed.manifest.payload_bytes();
    row.files_count = sealed.manifest.files_count(), row.sealed_at = place.clock.now();
    return must(place.catalogue.add_session(row));
}

}  // namespace burnbox::test
