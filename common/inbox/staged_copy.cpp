#include "common/inbox/staged_copy.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

constexpr const char* kFolder = "staged";

bool share_blocks(const std::string& from, const std::string& to) {
    const UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!source) return false;
    const UniqueFd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    return target && ::ioctl(target.get(), FICLONE, source.get()) == 0;
}

// One file says whether the two folders can share blocks at all, before a large tree is made for nothing.
bool can_share(FileSystem& state_fs, const std::string& folder, const std::string& host_folder,
               const Manifest& manifest) {
    const auto first = std::ranges::find(manifest.entries, FileType::file, &ManifestEntry::type);
    if (first == manifest.entries.end() || !make_folders(state_fs, kFolder, 0700)) return false;
    const std::string probe = folder + ".probe";
    const std::string& path = first->staged_path();
    const bool shared = share_blocks(host_folder + "/" + path, state_fs.host_path(probe));
    (void)state_fs.remove(probe);
    return shared;
}

bool copy_all(FileSystem& state_fs, const std::string& folder, const std::string& host_folder,
              const Manifest& manifest) {
    if (!can_share(state_fs, folder, host_folder, manifest) || !make_folders(state_fs, folder, 0700))
        return false;
    for (const ManifestEntry& entry : manifest.entries) {
        const std::string& path = entry.staged_path();
        const std::string copy = join_path(folder, path);
        if (entry.type == FileType::folder && !state_fs.make_folder(copy, 0700)) return false;
        if (entry.type == FileType::file && !share_blocks(host_folder + "/" + path, state_fs.host_path(copy)))
            return false;
    }
    return state_fs.sync_all().has_value();
}

}  // namespace

std::string staged_copy_path(const std::string& seal_id) {
    return join_path(kFolder, seal_id);
}

bool make_staged_copy(FileSystem& state_fs, const std::string& seal_id, const std::string& host_folder,
                      const Manifest& manifest) {
    if (copy_all(state_fs, staged_copy_path(seal_id), host_folder, manifest)) return true;
    (void)remove_staged_copy(state_fs, seal_id);
    return false;
}

Status remove_staged_copy(FileSystem& state_fs, const std::string& seal_id) {
    const Status removed = remove_tree(state_fs, staged_copy_path(seal_id));
    if (!removed && removed.error().code == Errc::not_found) return {};
    return removed;
}

Status remove_stale_copies(FileSystem& state_fs, const std::set<std::string>& needed_seal_ids) {
    const auto entries = list_folder(state_fs, kFolder);
    if (!entries && entries.error().code == Errc::not_found) return {};
    if (!entries) return std::unexpected(entries.error());
    for (const DirEntry& entry : *entries)
        if (entry.type != FileType::folder)
            BB_CHECK(state_fs.remove(join_path(kFolder, entry.name)));
        else if (!needed_seal_ids.contains(entry.name))
            BB_CHECK(remove_staged_copy(state_fs, entry.name));
    return {};
}

}  // namespace burnbox
