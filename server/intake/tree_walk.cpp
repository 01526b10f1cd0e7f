#include "server/intake/tree_walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "common/storage/posix_file.hpp"

namespace burnbox::intake {
namespace {

constexpr std::size_t kReadBytes = 64U << 10U;

// The folder `name` in `parent`, whoever swaps it for a link meanwhile.
UniqueFd open_folder(int parent, const char* name, int more_flags) {
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | more_flags;
    UniqueFd fd(::openat(parent, name, flags | O_NOATIME));
    if (!fd && errno == EPERM) fd = UniqueFd(::openat(parent, name, flags));  // another owner's folder
    return fd;
}

bool has_vanished(int sys_errno) {
    return sys_errno == ENOENT || sys_errno == ENOTDIR || sys_errno == ELOOP;
}

}  // namespace

bool walks_before(std::string_view path, std::string_view other) {
    const auto [one, two] = std::ranges::mismatch(path, other);
    if (two == other.end()) return false;
    if (one == path.end()) return true;
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
    return rank(*one) < rank(*two);
}

Result<std::unique_ptr<TreeWalk>> TreeWalk::open(const std::string& host_root, Mounts mounts) {
    Level root;
    root.fd = open_folder(AT_FDCWD, host_root.c_str(), 0);  // the root itself may be a link
    if (!root.fd) return fail_errno("open folder", host_root);
    struct stat facts{};
    if (::fstat(root.fd.get(), &facts) != 0) return fail_errno("stat", host_root);
    BB_CHECK(read_names(root, host_root));
    std::unique_ptr<TreeWalk> walk(new TreeWalk(facts.st_dev, mounts));
    walk->levels_.push_back(std::move(root));
    return walk;
}

Status TreeWalk::read_names(Level& level, std::string_view path) {
    alignas(dirent64) std::array<char, kReadBytes> buffer;
    for (;;) {
        const ssize_t got = ::getdents64(level.fd.get(), buffer.data(), buffer.size());
        if (got < 0) return fail_errno("read folder", path);
        if (got == 0) break;
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            const auto* const record = reinterpret_cast<const dirent64*>(buffer.data() + at);
            at += record->d_reclen;
            const std::string_view name = record->d_name;
            if (name == "." || name == "..") continue;
            if (level.names.size() > std::numeric_limits<std::uint32_t>::max() - NAME_MAX - 1)
                return fail_errno("read folder", path, EFBIG);
            level.order.push_back(static_cast<std::uint32_t>(level.names.size()));
            level.names.append(name).push_back('\0');
        }
    }
    const char* const names = level.names.data();
    std::ranges::sort(level.order, [names](std::uint32_t one, std::uint32_t two) {
        return std::strcmp(names + one, names + two) < 0;
    });
    return {};
}

Status TreeWalk::enter_folder() {
    Level level;
    if (entry_.info.device != device_ && mounts_ == Mounts::leave_out)
        return fail(Errc::unsupported, fmt::format("{}: another file system is mounted there", entry_.path));
    if (levels_.size() >= kMostDepth)
        return fail(Errc::limit,
                    fmt::format("{}: more than {} folders in each other", entry_.path, kMostDepth));
    const Level& parent = levels_.back();
    level.fd = open_folder(parent.fd.get(), parent.names.data() + parent.order[parent.at - 1], O_NOFOLLOW);
    if (!level.fd && has_vanished(errno)) return {};
    if (!level.fd) return fail_errno("open folder", entry_.path);
    level.path_bytes = entry_.path.size();
    BB_CHECK(read_names(level, entry_.path));
    levels_.push_back(std::move(level));
    return {};
}

const TreeWalk::Entry* TreeWalk::next() {
    entry_.problem.clear();
    if (std::exchange(enter_, false)) {
        if (const Status entered = enter_folder(); !entered) {
            entry_.problem = entered.error().message;
            return &entry_;
        }
    }
    while (!levels_.empty()) {
        Level& level = levels_.back();
        if (level.at == level.order.size()) {
            levels_.pop_back();
            continue;
        }
        const char* const name = level.names.data() + level.order[level.at++];
        entry_.path.resize(level.path_bytes);
        if (level.path_bytes != 0) entry_.path += '/';
        entry_.path += name;
        struct stat facts{};
        if (::fstatat(level.fd.get(), name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
            if (has_vanished(errno)) continue;
            entry_.problem = errno_error("stat", entry_.path, errno).message;
            return &entry_;
        }
        entry_.info = posix::to_file_info(facts);
        enter_ = entry_.info.type == FileType::folder;
        return &entry_;
    }
    return nullptr;
}

}  // namespace burnbox::intake
