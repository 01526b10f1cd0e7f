#include "common/inbox/sealed_entry.hpp"

#include "common/storage/changeable.hpp"
#include "common/storage/content_digest.hpp"

namespace burnbox {

Result<bool> is_as_sealed(FileSystem& fs, const std::string& path, const ManifestEntry& entry) {
    BB_TRY(const FileInfo info, fs.info(path));
    if (info.type != entry.type) return false;
    if (entry.type == FileType::symlink) {
        const auto target = fs.read_symlink(path);
        if (!target) return std::unexpected(target.error());
        return *target == entry.link_target;
    }
    if (entry.type != FileType::file) return true;
    if (info.size_bytes != entry.size_bytes) return false;
    BB_TRY(const auto file, fs.open(path, {.read = true}));
    BB_TRY(const ContentDigest content, digest_content(*file, entry.size_bytes));
    return content.sha256 == entry.sha256;
}

Result<bool> remove_as_sealed(FileSystem& fs, const std::string& path, const ManifestEntry& entry) {
    BB_TRY(const FileInfo before, fs.info(path));
    BB_TRY(const bool same, is_as_sealed(fs, path, entry));
    BB_TRY(const FileInfo now, fs.info(path));
    if (!same || now.inode != before.inode || now.ctime != before.ctime) return false;
    BB_CHECK(change_entry(
        fs, path, [&] { return entry.type == FileType::folder ? fs.remove_folder(path) : fs.remove(path); }));
    return true;
}

}  // namespace burnbox
