#include "server/sessions/disk_sync.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace burnbox::upload {

Result<std::vector<std::string>> other_disks(FileSystem& fs, const std::string& top,
                                             const std::vector<WalkEntry>& entries) {
    BB_TRY(const FileInfo root, fs.info(""));
    BB_TRY(const FileInfo folder, fs.info(top));
    std::map<std::uint64_t, std::string> found;
    const auto add = [&](const FileInfo& info, const std::string& path) {
        const bool has_content = info.type == FileType::file || info.type == FileType::folder;
        if (has_content && info.device != root.device) found.emplace(info.device, path);
    };
    add(folder, top);
    for (const WalkEntry& entry : entries) add(entry.info, join_path(top, entry.path));
    std::vector<std::string> paths;
    for (const auto& [device, path] : found) paths.push_back(path);
    return paths;
}

Status DiskSync::sync(const std::string& host_path) {
    UniqueFd fd(::open(host_path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    struct stat facts{};
    if (!fd || ::fstat(fd.get(), &facts) != 0) return fail_errno("open", host_path);
    UniqueFd& kept = open_[facts.st_dev];
    if (!kept) kept = std::move(fd);
    if (::syncfs(kept.get()) != 0) return fail_errno("syncfs", host_path);
    return {};
}

}  // namespace burnbox::upload
