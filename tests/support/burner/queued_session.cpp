#include "tests/support/burner/queued_session.hpp"

#include "common/session/sealed_session.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

void write(FileSystem& fs, const std::string& path, const std::string& content) {
    must(make_folders(fs, std::string(parent_path(path)), 0755));
    const auto file = must(fs.open(path, {.read = true, .write = true, .create = true}));
    if (!content.empty()) must(file->write_at(std::as_bytes(std::span(content)), 0));
}

void write_tree(FileSystem& fs, const std::string& folder, const GeneratedTree& tree) {
    for (const ManifestEntry& entry : tree.manifest.entries) {
        const std::string path = folder + entry.path;
        if (entry.type == FileType::folder) {
            must(make_folders(fs, path, 0755));
        } else if (entry.type == FileType::symlink) {
            must(make_folders(fs, std::string(parent_path(path)), 0755));
            must(fs.make_symlink(entry.link_target, path));
        } else if (const GeneratedFile& file = tree.files.at(entry.path); file.same_inode_as.empty()) {
            write(fs, path, file.content);
        }
    }
    for (const auto& [path, file] : tree.files)
        if (!file.same_inode_as.empty()) must(fs.make_hardlink(folder + file.same_inode_as, folder + path));
    for (const ManifestEntry& entry : tree.manifest.entries)
        if (entry.type == FileType::file) must(fs.set_times(folder + entry.path, entry.mtime, entry.mtime));
}

}  // namespace

SessionId queue_tree(const SessionPlace& place, const std::string& name, const GeneratedTree& tree,
                     const std::string& marker, const std::string& seal_id) {
    const SealedSession sealed{
        "alice", name, place.clock.now(), {marker, "go", Sha256::of("go")}, tree.manifest};
    const std::string folder = "alice/" + name + "-queued/";
    write_tree(place.inbox_fs, folder, tree);
    if (!tree.files.contains(marker)) write(place.inbox_fs, folder + marker, "go");
    write(place.state_fs, "seals/" + seal_id + ".jsonl", to_seal_record(sealed));
    must(place.inbox_fs.sync_all());
    must(place.state_fs.sync_all());
    SessionRow row;
    row.account = "alice", row.name = name, row.disc_name = name, row.pool = "default",
    row.copies = place.copies, row.folder = name + "-queued";
    row.seal_id = seal_id, row.content_digest = sealed.manifest.content_digest(), row.marker_name = marker;
    row.marker_sha256 = sealed.marker.sha256, row.bytes = sealed.manifest.payload_bytes();
    row.files_count = sealed.manifest.files_count(), row.sealed_at = place.clock.now();
    return must(place.catalogue.add_session(row));
}

SessionId queue_session(const SessionPlace& place, const std::string& name,
                        const std::map<std::string, std::string>& files, const std::string& marker,
                        const std::string& seal_id) {
    GeneratedTree tree;
    for (const auto& [path, content] : files) add_file(tree, path, content, place.clock.now());
    return queue_tree(place, name, tree, marker, seal_id);
}

}  // namespace burnbox::test
