#include "common/inbox/staged_copy.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "common/base/unique_fd.hpp"
#include "common/session/parity.hpp"
#include "common/session/part.hpp"

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

std::string copy_path(std::string_view seal_id) {
    return join_path(kFolder, std::string(seal_id));
}

Status remove_copy(FileSystem& state_fs, const std::string& path) {
    const Status removed = remove_tree(state_fs, path);
    if (!removed && removed.error().code == Errc::not_found) return {};
    return removed;
}

}  // namespace

bool make_staged_copy(FileSystem& state_fs, const SessionRow& row, const std::string& host_folder,
                      const Manifest& manifest) {
    if (!row.staging.is_watched()) return false;
    if (copy_all(state_fs, copy_path(row.seal_id), host_folder, manifest)) return true;
    (void)remove_staged_copy(state_fs, row);
    return false;
}

std::optional<std::string> find_staged_copy(FileSystem& state_fs, const SessionRow& row) {
    if (!row.staging.is_watched()) return std::nullopt;
    std::string path = copy_path(whole_seal_id(row.seal_id));
    return state_fs.info(path) ? std::optional(std::move(path)) : std::nullopt;
}

Status remove_staged_copy(FileSystem& state_fs, const SessionRow& row) {
    return row.staging.is_watched() ? remove_copy(state_fs, copy_path(row.seal_id)) : Status();
}

void remove_session_records(FileSystem& state_fs, const SessionRow& row) {
    remove_seal_records(state_fs, row.seal_id);
    (void)remove_staged_copy(state_fs, row);
}

Status remove_stale_copies(FileSystem& state_fs, const std::set<std::string>& needed_seal_ids) {
    const auto entries = list_folder(state_fs, kFolder);
    if (!entries && entries.error().code == Errc::not_found) return {};
    if (!entries) return std::unexpected(entries.error());
    for (const DirEntry& entry : *entries)
        if (entry.type != FileType::folder)
            BB_CHECK(state_fs.remove(join_path(kFolder, entry.name)));
        else if (!needed_seal_ids.contains(entry.name))
            BB_CHECK(remove_copy(state_fs, copy_path(entry.name)));
    return {};
}

}  // namespace burnbox
