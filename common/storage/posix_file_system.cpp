#include "common/storage/posix_file_system.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>

#include "common/storage/open_beneath.h"
#include "common/storage/posix_file.hpp"

namespace burnbox {
namespace {

// Longer paths are resolved in pieces: the kernel takes PATH_MAX bytes at a time, a tree may be deeper.
constexpr std::size_t kPieceBytes = PATH_MAX - 1;

UniqueFd open_beneath(int folder, const char* path, std::uint64_t flags, std::uint32_t permissions = 0) {
    return UniqueFd(bb_open_beneath(folder, path, flags, permissions));
}

std::string shown(const std::string& path) {
    return path.empty() ? "." : path;
}

std::uint64_t open_flags(const OpenMode& mode) {
    // O_NONBLOCK: opening a FIFO must not wait for its other end; regular files know no difference.
    std::uint64_t flags = O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    if (mode.write) flags |= mode.read ? O_RDWR : O_WRONLY;
    if (mode.create) flags |= O_CREAT;
    if (mode.create && mode.exclusive) flags |= O_EXCL;
    if (mode.truncate) flags |= O_TRUNC;
    if (mode.append) flags |= O_APPEND;
    if (mode.keep_atime) flags |= O_NOATIME;
    return flags;
}

class PosixFileSystem final : public FileSystem {
  public:
    PosixFileSystem(UniqueFd root, std::string host_root)
        : root_(std::move(root)), host_root_(std::move(host_root)) {}

    Result<std::unique_ptr<File>> open(const std::string& path, const OpenMode& mode) override {
        BB_TRY(const Place place, descend("open", path));
        UniqueFd fd = open_beneath(place.fd, place.name, open_flags(mode), mode.permissions);
        if (!fd && errno == EPERM && mode.keep_atime)  // another owner's file
            fd = open_beneath(place.fd, place.name, open_flags(mode) & ~std::uint64_t{O_NOATIME},
                              mode.permissions);
        if (!fd && errno == ENXIO) return not_a_file(path);  // a socket, or a FIFO without a reader
        if (!fd) return fail_errno("open", shown(path));
        if (mode.create && mode.exclusive) return posix::make_file(std::move(fd), path);  // made just now
        struct stat facts{};
        if (::fstat(fd.get(), &facts) != 0) return fail_errno("stat", shown(path));
        if (S_ISDIR(facts.st_mode)) return fail_errno("open", shown(path), EISDIR);
        if (!S_ISREG(facts.st_mode)) return not_a_file(path);
        return posix::make_file(std::move(fd), path);
    }

    Result<std::unique_ptr<Folder>> open_folder(const std::string& path) override {
        BB_TRY(UniqueFd fd, open_folder_fd("open folder", path));
        return posix::make_folder(std::move(fd), shown(path));
    }

    Result<FileInfo> info(const std::string& path) override {
        BB_TRY(const Place place, parent_of("stat", path));
        struct stat facts{};
        const int flags = AT_SYMLINK_NOFOLLOW | (path.empty() ? AT_EMPTY_PATH : 0);
        if (::fstatat(place.fd, place.name, &facts, flags) != 0) return fail_errno("stat", shown(path));
        return posix::to_file_info(facts);
    }

    Status make_folder(const std::string& path, std::uint32_t permissions) override {
        if (path.empty()) return fail_errno("make folder", shown(path), EEXIST);
        BB_TRY(const Place place, parent_of("make folder", path));
        if (::mkdirat(place.fd, place.name, permissions & 07777U) != 0)
            return fail_errno("make folder", path);
        return {};
    }

    Status remove_folder(const std::string& path) override {
        if (path.empty()) return fail_errno("remove folder", shown(path), EBUSY);
        BB_TRY(const Place place, parent_of("remove folder", path));
        if (::unlinkat(place.fd, place.name, AT_REMOVEDIR) != 0) return fail_errno("remove folder", path);
        return {};
    }

    Status remove(const std::string& path) override {
        if (path.empty()) return fail_errno("remove", shown(path), EISDIR);
        BB_TRY(const Place place, parent_of("remove", path));
        if (::unlinkat(place.fd, place.name, 0) != 0) return fail_errno("remove", path);
        return {};
    }

    Status rename(const std::string& from, const std::string& to, RenameMode mode) override {
        const std::string object = fmt::format("{} to {}", shown(from), shown(to));
        if (from.empty() || to.empty()) return fail_errno("rename", object, EBUSY);
        BB_TRY(const Place source, parent_of("rename", from));
        BB_TRY(const Place target, parent_of("rename", to));
        if (mode == RenameMode::no_replace) {
            if (::renameat2(source.fd, source.name, target.fd, target.name, RENAME_NOREPLACE) == 0) return {};
            if (errno != EINVAL && errno != ENOSYS) return fail_errno("rename", object);
            // This file system knows no such flag: look first, which leaves a gap that only it has.
            struct stat facts{};
            if (::fstatat(target.fd, target.name, &facts, AT_SYMLINK_NOFOLLOW) == 0)
                return fail_errno("rename", object, EEXIST);
        }
        if (::renameat(source.fd, source.name, target.fd, target.name) != 0)
            return fail_errno("rename", object);
        return {};
    }

    Status make_symlink(const std::string& target, const std::string& path) override {
        if (path.empty()) return fail_errno("make link", shown(path), EEXIST);
        if (target.find('\0') != std::string::npos) return fail_errno("make link", path, EINVAL);
        BB_TRY(const Place place, parent_of("make link", path));
        if (::symlinkat(target.c_str(), place.fd, place.name) != 0) return fail_errno("make link", path);
        return {};
    }

    Status make_hardlink(const std::string& existing, const std::string& path) override {
        if (existing.empty() || path.empty()) return fail_errno("make hard link", shown(path), EPERM);
        BB_TRY(const Place source, parent_of("make hard link", existing));
        BB_TRY(const Place target, parent_of("make hard link", path));
        if (::linkat(source.fd, source.name, target.fd, target.name, 0) != 0)
            return fail_errno("make hard link", fmt::format("{} to {}", path, existing));
        return {};
    }

    Result<std::string> read_symlink(const std::string& path) override {
        if (path.empty()) return fail_errno("read link", shown(path), EINVAL);
        BB_TRY(const Place place, parent_of("read link", path));
        std::array<char, PATH_MAX> target{};
        const ssize_t length = ::readlinkat(place.fd, place.name, target.data(), target.size());
        if (length < 0) return fail_errno("read link", path);
        return std::string(target.data(), static_cast<std::size_t>(length));
    }

    Status set_mode(const std::string& path, std::uint32_t mode) override {
        if (path.empty()) {
            if (::fchmod(root_.get(), mode & 07777U) != 0) return fail_errno("set mode of", shown(path));
            return {};
        }
        BB_TRY(const Place place, parent_of("set mode of", path));
        if (::fchmodat(place.fd, place.name, mode & 07777U, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno("set mode of", path);
        return {};
    }

    Status set_times(const std::string& path, Timestamp atime, Timestamp mtime) override {
        const timespec times[2] = {posix::to_timespec(atime), posix::to_timespec(mtime)};
        if (path.empty()) {
            if (::futimens(root_.get(), times) != 0) return fail_errno("set times of", shown(path));
            return {};
        }
        BB_TRY(const Place place, parent_of("set times of", path));
        if (::utimensat(place.fd, place.name, times, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno("set times of", path);
        return {};
    }

    Status sync_folder(const std::string& path) override {
        BB_TRY(const UniqueFd fd, open_folder_fd("fsync folder", path));
        if (::fsync(fd.get()) != 0) return fail_errno("fsync folder", shown(path));
        return {};
    }

    Status sync_all() override {
        if (::syncfs(root_.get()) != 0) return fail_errno("syncfs", host_root_);
        return {};
    }

    Result<Space> space() override {
        struct statvfs facts{};
        if (::fstatvfs(root_.get(), &facts) != 0) return fail_errno("statvfs", host_root_);
        return Space{
            .total_bytes = facts.f_blocks * facts.f_frsize,
            .free_bytes = facts.f_bavail * facts.f_frsize,
            .total_inodes = facts.f_files,
            .free_inodes = facts.f_favail,
        };
    }

    Result<std::unique_ptr<FileSystem>> subtree(const std::string& path) override {
        BB_TRY(UniqueFd fd, open_folder_fd("open folder", path));
        return std::make_unique<PosixFileSystem>(std::move(fd), host_path(path));
    }

    std::string host_path(const std::string& path) const override {
        if (path.empty()) return host_root_;
        return host_root_ == "/" ? "/" + path : join_path(host_root_, path);
    }

  private:
    // A folder and what is still to be resolved from there. Points into the path it was made of.
    struct Place {
        UniqueFd owned;
        int fd = -1;
        const char* name = "";
    };

    // Goes down until the rest fits one system call: usually not at all.
    Result<Place> descend(std::string_view operation, const std::string& path) const {
        BB_CHECK(check_path(path));
        Place place{.owned = {}, .fd = root_.get(), .name = path.empty() ? "." : path.c_str()};
        for (std::size_t at = 0; path.size() - at > kPieceBytes;) {
            const std::size_t cut = path.rfind('/', at + kPieceBytes);
            if (cut == std::string::npos || cut <= at) break;  // one endless component: the kernel says so
            BB_CHECK(step_down(place, path.substr(at, cut - at), operation, path));
            at = cut + 1;
            place.name = path.c_str() + at;
        }
        return place;
    }

    // The folder that holds the last component, and that component; the root itself is {root, ""}.
    Result<Place> parent_of(std::string_view operation, const std::string& path) const {
        BB_TRY(Place place, descend(operation, path));
        if (path.empty()) {
            place.name = "";
            return place;
        }
        const std::string_view rest = place.name;
        const std::size_t slash = rest.rfind('/');
        if (slash == std::string_view::npos) return place;
        const char* const last = place.name + slash + 1;
        BB_CHECK(step_down(place, std::string(rest.substr(0, slash)), operation, path));
        place.name = last;
        return place;
    }

    static Status step_down(Place& place, const std::string& folder, std::string_view operation,
                            const std::string& path) {
        UniqueFd fd = open_beneath(place.fd, folder.c_str(), O_PATH | O_DIRECTORY);
        if (!fd) return fail_errno(operation, path);
        place.fd = fd.get();
        place.owned = std::move(fd);
        return {};
    }

    Result<UniqueFd> open_folder_fd(std::string_view operation, const std::string& path) const {
        BB_TRY(const Place place, descend(operation, path));
        UniqueFd fd = open_beneath(place.fd, place.name, O_RDONLY | O_DIRECTORY);
        if (!fd) return fail_errno(operation, shown(path));
        return fd;
    }

    static std::unexpected<Error> not_a_file(const std::string& path) {
        return fail(Errc::permission, fmt::format("open {}: it is neither a file nor a folder", path));
    }

    UniqueFd root_;
    std::string host_root_;
};

}  // namespace

Result<std::unique_ptr<FileSystem>> open_posix_file_system(const std::string& root) {
    if (!root.starts_with('/'))
        return fail(Errc::invalid, fmt::format("open folder {}: the path must be absolute", root));
    UniqueFd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return fail_errno("open folder", root);
    if (const UniqueFd probe = open_beneath(fd.get(), ".", O_PATH | O_DIRECTORY); !probe) {
        if (errno == ENOSYS || errno == EPERM)
            return fail(Errc::unsupported,
                        "openat2 is missing or forbidden: burnbox needs Linux 5.6 or later, and a "
                        "container's seccomp profile that allows openat2");
        return fail_errno("open folder", root);
    }
    std::string host_root = root;
    while (host_root.size() > 1 && host_root.ends_with('/')) host_root.pop_back();
    return std::make_unique<PosixFileSystem>(std::move(fd), std::move(host_root));
}

Status check_in_place(FileSystem& fs, const std::string& path) {
    BB_TRY(const FileInfo info, fs.info(path));
    if (info.device == 0) return {};
    const std::string host = fs.host_path(path);
    struct stat there{};
    if (::stat(host.c_str(), &there) == 0 && there.st_dev == info.device && there.st_ino == info.inode)
        return {};
    return fail(
        Errc::unreachable,
        fmt::format(
            "{} is not the folder any more that burnbox has open: it was moved, or a disk was mounted "
            "there; put it back, or restart burnbox if that is the right one",
            host));
}

}  // namespace burnbox
