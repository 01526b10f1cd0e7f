#include "server/places/folder_locks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr const char* kLockFile = "/.burnbox-lock";

// Its command line, as far as this user may see it.
std::string command_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/cmdline", pid));
    std::string words((std::istreambuf_iterator<char>(file)), {});
    while (!words.empty() && words.back() == '\0') words.pop_back();
    std::ranges::replace(words, '\0', ' ');
    return escape(words);
}

// "1: FLOCK  ADVISORY  WRITE 4711 08:01:131073 0 EOF", proc_locks(5). The device there is not always stat's.
std::string holder_of(ino_t inode) {
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, how, mode, place;
        pid_t pid = 0;
        if (!(words >> number >> kind >> how >> mode >> pid >> place) || kind != "FLOCK" || pid <= 0)
            continue;
        if (place.substr(place.rfind(':') + 1) != std::to_string(inode)) continue;
        const std::string command = command_of(pid);
        return fmt::format(", process {}{}", pid, command.empty() ? "" : " (" + command + ")");
    }
    return "";
}

std::string another_works_in(const std::string& key, const std::string& path, ino_t inode) {
    return fmt::format("{} {}: another burnbox server works in it already{}", key, escape(path),
                       holder_of(inode));
}

}  // namespace

std::optional<std::string> held_by_another(const std::string& key, const std::string& path) {
    for (const std::string& entry : {path, path + kLockFile}) {
        const UniqueFd fd(::open(entry.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat info{};
        if (!fd || ::fstat(fd.get(), &info) != 0 || holder_of(info.st_ino).empty()) continue;
        if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) continue;
        return another_works_in(key, path, info.st_ino) +
               "; stop that one, or give this one a folder of its own";
    }
    return std::nullopt;
}

Status FolderLocks::hold(const std::string& key, const std::string& path) {
    const std::lock_guard one_at_a_time(mutex_);
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info{};
    if (!fd && (errno == EACCES || errno == EPERM)) return {};  // closed to us: nobody works in it here
    if (!fd || ::fstat(fd.get(), &info) != 0) return fail_errno("open", path);
    const std::pair identity(info.st_dev, info.st_ino);
    if (std::ranges::find(held_, identity, [](const auto& held) { return held.first; }) != held_.end())
        return {};
    int locked = ::flock(fd.get(), LOCK_EX | LOCK_NB);
    if (locked != 0 && errno != EWOULDBLOCK) {
        const std::string file = path + kLockFile;
        fd.reset(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
        if (!fd || ::fstat(fd.get(), &info) != 0) return fail_errno("open", file);
        locked = ::flock(fd.get(), LOCK_EX | LOCK_NB);
        if (locked != 0 && errno != EWOULDBLOCK) return fail_errno("lock", file);
    }
    if (locked != 0)
        return fail(Errc::busy,
                    fmt::format("{}; stop that one, or give this one (process {}) a folder of its own",
                                another_works_in(key, path, info.st_ino), ::getpid()));
    held_.emplace_back(identity, std::move(fd));
    return {};
}

Status hold_folders(FolderLocks& locks, const Config& config) {
    const auto hold = [&](const std::string& key, const std::string& path) -> Status {
        return ::access(path.c_str(), F_OK) == 0 ? locks.hold(key, path) : Status();
    };
    BB_CHECK(hold("inbox_dir", config.inbox_dir));
    BB_CHECK(hold("signals_dir", config.signals_dir));
    for (const auto& [name, drive] : config.drives)
        if (drive.emulated()) BB_CHECK(hold(fmt::format("drives.{}.image_dir", name), drive.image_dir));
    for (std::size_t i = 0; i < config.watch.size(); ++i)
        BB_CHECK(hold(fmt::format("watch[{}].path", i), config.watch[i].path));
    return {};
}

}  // namespace burnbox
