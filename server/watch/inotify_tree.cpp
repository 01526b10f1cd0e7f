#include "server/watch/inotify_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::watch {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_DELETE | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
constexpr std::uint32_t kRootMask = kMask | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::size_t kReadBytes = 256U << 10U;

// nullopt: there is no descriptor or memory left to look with.
std::optional<std::vector<std::string>> folders_in(const std::string& host_path) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(host_path.c_str()), ::closedir);
    if (!dir && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) return std::nullopt;
    while (const dirent* const entry = dir ? ::readdir(dir.get()) : nullptr) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type == DT_UNKNOWN) {
            struct stat info{};
            is_folder = ::fstatat(::dirfd(dir.get()), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                        S_ISDIR(info.st_mode);
        }
        if (is_folder) names.push_back(name);
    }
    return names;
}

}  // namespace

Result<std::unique_ptr<InotifyTree>> InotifyTree::open(std::string host_root) {
    UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!fd && errno == EMFILE)
        return fail(
            Errc::limit,
            fmt::format("watch {}: this user has too many inotify instances; raise them with: sudo sysctl "
                        "fs.inotify.max_user_instances=1024",
                        escape(host_root)));
    if (!fd) return fail_errno("watch", host_root);
    const int watch =
        ::inotify_add_watch(fd.get(), host_root.c_str(), kRootMask & ~std::uint32_t{IN_DONT_FOLLOW});
    if (watch < 0) return fail_errno("watch", host_root);
    std::unique_ptr<InotifyTree> tree(new InotifyTree(std::move(fd), std::move(host_root)));
    tree->paths_.emplace(watch, "");
    tree->watches_.emplace("", watch);
    return tree;
}

bool InotifyTree::add(const std::string& path) {
    const int watch = ::inotify_add_watch(fd_.get(), host(path).c_str(), kMask);
    if (watch < 0) {
        // Gone again, or not ours to read; everything else is a limit.
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP) return false;
        note_incomplete(path, errno);
        return false;
    }
    // The kernel knows folders, not names: one that was moved has its old number.
    if (const auto known = paths_.find(watch); known != paths_.end()) {
        if (known->second == path) return true;
        watches_.erase(known->second);
    }
    paths_.insert_or_assign(watch, path);
    watches_.insert_or_assign(path, watch);
    return true;
}

void InotifyTree::note_incomplete(const std::string& path, int sys_errno) {
    if (std::exchange(complete_, false))
        log::error(
            "watched folder not wholly watched", log::kv("folder", host(path)),
            log::kv("cause", std::strerror(sys_errno)),
            log::kv("remedy",
                    sys_errno == ENOSPC
                        ? "it is looked at from time to time instead; raise fs.inotify.max_user_watches "
                          "with sysctl"
                        : "it is looked at from time to time instead; raise LimitNOFILE or free memory"));
}

void InotifyTree::add_below(const std::string& path) {
    std::vector<std::string> waiting = {path};
    while (!waiting.empty()) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        if (!add(at)) continue;
        const auto names = folders_in(host(at));
        if (!names) note_incomplete(at, EMFILE);
        for (const std::string& name : names.value_or(std::vector<std::string>()))
            waiting.push_back(join_path(at, name));
    }
}

void InotifyTree::watch(const std::string& top) {
    add_below(top);
}

void InotifyTree::forget(const std::string& top) {
    const auto drop = [&](std::map<std::string, int>::iterator at) {
        (void)::inotify_rm_watch(fd_.get(), at->second);
        paths_.erase(at->second);
        return watches_.erase(at);
    };
    if (const auto own = watches_.find(top); own != watches_.end()) drop(own);
    const std::string below = top + "/";
    for (auto at = watches_.lower_bound(below); at != watches_.end() && at->first.starts_with(below);)
        at = drop(at);
}

Status InotifyTree::read(const std::function<void(const Notice&)>& tell) {
    alignas(inotify_event) std::array<char, kReadBytes> buffer;
    for (;;) {
        const ssize_t length = ::read(fd_.get(), buffer.data(), buffer.size());
        if (length < 0 && errno == EINTR) continue;
        if (length < 0 && errno == EAGAIN) return {};
        if (length < 0) return fail_errno("read notices of", host_root_);
        for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
            inotify_event event;  // its name follows it
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const char* const name = buffer.data() + at + sizeof event;
            take(event.mask, event.wd, event.len == 0 ? std::string_view() : std::string_view(name), tell);
            at += sizeof event + event.len;
        }
    }
}

void InotifyTree::take(std::uint32_t mask, int watch, std::string_view name,
                       const std::function<void(const Notice&)>& tell) {
    if ((mask & IN_Q_OVERFLOW) != 0) return tell({.kind = Notice::Kind::overflow, .top = {}, .inside = {}});
    const auto found = paths_.find(watch);
    if (found == paths_.end()) return;  // a late notice of a folder that is not watched any more
    const std::string folder = found->second;
    if (folder.empty() && (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0)
        return tell({.kind = Notice::Kind::root_gone, .top = {}, .inside = {}});
    if ((mask & IN_IGNORED) != 0) {  // the folder is gone
        watches_.erase(folder);
        paths_.erase(watch);
        return;
    }
    const bool is_folder = (mask & IN_ISDIR) != 0;
    const bool appears = (mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    const bool vanishes = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
    if (folder.empty()) {
        if (name.empty()) return;  // the watched folder's own mode or times
        const auto kind = appears    ? Notice::Kind::appeared
                          : vanishes ? Notice::Kind::vanished
                                     : Notice::Kind::changed;
        if (vanishes && is_folder) forget(std::string(name));
        return tell({.kind = kind, .top = std::string(name), .inside = {}, .is_folder = is_folder});
    }
    const std::string path = join_path(folder, name);
    if (is_folder && vanishes) forget(path);
    if (is_folder && appears) add_below(path);
    const std::size_t slash = path.find('/');
    tell({.kind = Notice::Kind::changed,
          .top = path.substr(0, slash),
          .inside = slash == std::string::npos ? std::string() : path.substr(slash + 1)});
}

}  // namespace burnbox::watch
