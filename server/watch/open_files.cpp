#include "server/watch/open_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <optional>

#include "common/base/text.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox::watch {
namespace {

enum class Writers : std::uint8_t { none, some, unknown };

Writers ask_for_lease(int fd) {
    // Whoever opens it for writing in this moment waits until the lease is given back; its signal must not be
    // SIGIO, which ends processes.
    if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return Writers::unknown;
    if (::fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        (void)::fcntl(fd, F_SETLEASE, F_UNLCK);
        return Writers::none;
    }
    return errno == EAGAIN ? Writers::some : Writers::unknown;
}

using Dir = std::unique_ptr<DIR, int (*)(DIR*)>;

Dir open_dir(const std::string& path) {
    return {::opendir(path.c_str()), ::closedir};
}

std::string link_text(const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : std::string();
}

// "flags:\t0100001" in octal: the access mode is in the lowest two bits.
bool is_open_for_writing(const std::string& fdinfo) {
    const UniqueFd fd(::open(fdinfo.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> text{};
    if (!fd) return false;
    const ssize_t length = ::read(fd.get(), text.data(), text.size());
    if (length <= 0) return false;
    const std::string_view all(text.data(), static_cast<std::size_t>(length));
    const std::size_t at = all.find("flags:");
    const std::size_t end = all.find('\n', at);
    if (at == std::string_view::npos || end == std::string_view::npos || end == 0) return false;
    return ((all[end - 1] - '0') & O_ACCMODE) != O_RDONLY;
}

void look_at_process(const std::string& process, const std::string& below, std::vector<std::string>& found) {
    const Dir open_files = open_dir(process + "/fd");
    if (!open_files) return;
    while (const dirent* const entry = ::readdir(open_files.get())) {
        const std::string name = entry->d_name;
        const std::string target = link_text(process + "/fd/" + name);
        if (target.starts_with(below) && is_open_for_writing(process + "/fdinfo/" + name))
            found.push_back(target.substr(below.size()));
    }
}

// This thread's; all of the server's have the same.
bool may_lease_any_file() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {};
    if (::syscall(SYS_capget, &header, held) != 0) return false;
    return (held[CAP_TO_INDEX(CAP_LEASE)].effective & CAP_TO_MASK(CAP_LEASE)) != 0;
}

// Where other machines, or a program in between, write without this kernel's knowledge.
bool is_written_elsewhere(const std::string& host_folder) {
    constexpr std::array<std::uint32_t, 8> kTypes = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC,
                                                     CIFS_SUPER_MAGIC, FUSE_SUPER_MAGIC, V9FS_MAGIC,
                                                     CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC};
    struct statfs info{};
    return ::statfs(host_folder.c_str(), &info) == 0 &&
           std::ranges::find(kTypes, static_cast<std::uint32_t>(info.f_type)) != kTypes.end();
}

}  // namespace

std::string unseen_writers(const std::string& host_folder) {
    if (is_written_elsewhere(host_folder))
        return fmt::format(
            "who still writes to files in {} can't be seen: this kernel does not know of all who write to "
            "such a file system",
            escape(host_folder));
    if (may_lease_any_file()) return {};
    return fmt::format(
        "who still writes to other users' files in {} can't be seen without the capability CAP_LEASE; give "
        "it to the service: AmbientCapabilities=CAP_LEASE",
        escape(host_folder));
}

std::vector<std::string> writers_in_proc(const std::string& host_folder) {
    std::vector<std::string> found;
    const Dir processes = open_dir("/proc");
    if (!processes) return found;
    while (const dirent* const entry = ::readdir(processes.get()))
        if (parse_u64(entry->d_name))
            look_at_process(std::string("/proc/") + entry->d_name, host_folder + "/", found);
    return found;
}

FileFindings look_at_files(const std::string& host_folder, const std::vector<upload::WalkEntry>& entries) {
    FileFindings findings;
    bool all_seen = true;
    for (const upload::WalkEntry& entry : entries) {
        if (entry.info.type != FileType::file) continue;
        const std::string path = host_folder + "/" + entry.path;
        const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
        if (!fd) {
            if (errno == EACCES || errno == EPERM)
                findings.unreadable.push_back(entry.path);
            else
                all_seen =
                    false;  // a path that is too long, or one that has just gone: the hash has the last word
            continue;
        }
        const Writers writers = ask_for_lease(fd.get());
        if (writers == Writers::some) findings.writing.push_back(entry.path);
        if (writers == Writers::unknown) findings.unknown.push_back(entry.path);
    }
    all_seen = all_seen && findings.unknown.empty();
    if (findings.writing.empty() && !all_seen) findings.writing = writers_in_proc(host_folder);
    return findings;
}

}  // namespace burnbox::watch
