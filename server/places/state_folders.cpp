#include "server/places/state_folders.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "common/config/text_file.hpp"
#include "common/process/program_path.hpp"
#include "common/storage/access_problem.hpp"
#include "common/storage/posix_file_system.hpp"
#include "common/storage/user_name.hpp"
#include "server/places/catalogue_rescue.hpp"
#include "server/places/hook_findings.hpp"
#include "server/places/start_findings.hpp"
#include "server/watch/watch_access.hpp"

namespace burnbox {
namespace {

bool is_folder(const std::string& path) {
    struct stat info{};
    return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The reason why `path` can neither be used as a folder nor be made, with the line that mends it.
std::optional<std::string> folder_finding(const std::string& key, const std::string& path) {
    const auto finding = [&](const std::string& object, int sys_errno) {
        if (const std::string remedy = disk_remedy(sys_errno); !remedy.empty())
            return fmt::format("{}: {}: {}; {}", key, object, std::strerror(sys_errno), remedy);
        return fmt::format("{}: {}: {}; mend it with: sudo install -d -o {} {}", key, object,
                           std::strerror(sys_errno), user_name(), path);
    };
    if (is_folder(path)) {
        const auto problem = access_problem(path, R_OK | W_OK | X_OK);
        return problem ? std::optional(fmt::format("{}: {}", key, *problem)) : std::nullopt;
    }
    if (access(path.c_str(), F_OK) == 0)
        return fmt::format("{}: {} is no folder; choose another one", key, path);
    std::string parent = path;
    while (!is_folder(parent)) {
        const std::size_t slash = parent.rfind('/');
        if (slash == std::string::npos) return fmt::format("{}: {} is no absolute path", key, path);
        parent.resize(slash == 0 ? 1 : slash);
    }
    if (access(parent.c_str(), W_OK | X_OK) == 0) return std::nullopt;
    return finding(fmt::format("make {} in {}", path, parent), errno);
}

// The reason why an SQLite file that is there can't be the catalogue. https://sqlite.org/fileformat.html
// section 1.3
std::optional<std::string> catalogue_finding(const std::string& url) {
    constexpr std::string_view kHeader("SQLite format 3\0", 16);
    const std::string path = catalogue_file(url);
    struct stat info{};
    if (path.empty() || stat(path.c_str(), &info) != 0) return std::nullopt;  // it is made at the start
    // What is no file, or closed to us, state_findings() says.
    if (!S_ISREG(info.st_mode) || access(path.c_str(), R_OK | W_OK) != 0) return std::nullopt;
    std::array<char, kHeader.size()> begin{};
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t length = fd ? pread(fd.get(), begin.data(), begin.size(), 0) : -1;
    if (length == 0 || std::string_view(begin.data(), begin.size()) == kHeader) return std::nullopt;
    return fmt::format("catalogue: {} is no SQLite database; restore it from a backup, or move it away",
                       path);
}

// What state_dir says of the other folders; nothing when there is none yet, or it can't be read.
struct Known {
    explicit Known(const Config& config) {
        auto opened = open_posix_file_system(config.state_dir);
        if (!opened) return;
        state_fs = std::move(*opened);
        auto read = KnownFolders::open(*state_fs);
        if (read)
            folders = std::move(*read);
        else if (read.error().code != Errc::permission)
            problem = read.error().message;
    }
    // Why the folder that is known there is away.
    [[nodiscard]] std::optional<std::string> away(FolderKind kind, const std::string& path) const {
        if (!folders) return std::nullopt;
        const bool has_mark = kind == FolderKind::inbox_dir || kind == FolderKind::image_dir;
        const Status there = has_mark ? folders->look(kind, path) : folders->look_mount(kind, path);
        return there ? std::nullopt : std::optional(there.error().message);
    }

    std::unique_ptr<FileSystem> state_fs;
    std::unique_ptr<KnownFolders> folders;
    std::optional<std::string> problem;
};

}  // namespace

Status make_host_folder(const std::string& path, unsigned permissions) {
    for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
        if (mkdir(path.substr(0, end).c_str(), 0755) != 0 && errno != EEXIST)
            return fail_errno("make folder", path.substr(0, end));
    if (mkdir(path.c_str(), permissions) != 0 && errno != EEXIST) return fail_errno("make folder", path);
    if (!is_folder(path)) return fail_errno("use", path, ENOTDIR);
    return {};
}

Status make_state_dir(const Config& config) {
    return make_host_folder(config.state_dir, 0750);
}

Status make_folders_of(const Config& config, const KnownFolders& known) {
    const auto make = [&](const std::string& path) {
        return known.knows(path) ? Status() : make_host_folder(path, 0755);
    };
    BB_CHECK(make(config.inbox_dir));
    BB_CHECK(make(config.signals_dir));
    for (const auto& [name, drive] : config.drives)
        if (drive.emulated()) BB_CHECK(make(drive.image_dir));
    return {};
}

bool lost_every_image(const std::vector<DiscRow>& discs, const std::string& image_dir) {
    const auto is_there = [](const std::string& path) { return access(path.c_str(), F_OK) == 0; };
    bool lost = false;
    for (const DiscRow& disc : discs) {
        if (disc.sessions_used == 0 || !disc.location.starts_with(image_dir + "/")) continue;
        if (is_there(disc.location)) return false;
        lost = true;
    }
    return lost && !is_there(fmt::format("{}/{}", image_dir, kAdoptFile));
}

std::string read_boot_id() {
    return read_text_file("/proc/sys/kernel/random/boot_id").value_or("");
}

Result<UniqueFd> lock_state_dir(const std::string& state_dir) {
    const std::string path = state_dir + "/lock";
    UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd) {
        const int sys_errno = errno;
        auto failed = fail_errno("open", path, sys_errno);
        if (const std::string remedy = disk_remedy(sys_errno); !remedy.empty())
            failed.error().message += "; " + remedy;
        return failed;
    }
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return fail_errno("lock", path);
        std::array<char, 32> text{};
        const ssize_t length = pread(fd.get(), text.data(), text.size() - 1, 0);
        std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
        pid.erase(std::min(pid.find('\n'), pid.size()));
        return fail(Errc::busy, fmt::format("lock {}: a burnbox server uses this state_dir already{}; stop "
                                            "that one, or choose another state_dir",
                                            path, pid.empty() ? "" : fmt::format(", process {}", pid)));
    }
    const std::string pid = fmt::format("{}\n", getpid());
    if (ftruncate(fd.get(), 0) != 0 || pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
        return fail_errno("write", path);
    return fd;
}

std::vector<std::string> access_findings(const Config& config) {
    std::vector<std::string> findings;
    const Known known(config);
    const auto add = [&](std::optional<std::string> finding) {
        if (finding) findings.push_back(std::move(*finding));
        return finding.has_value();
    };
    const auto add_all = [&](std::vector<std::string> more) {
        for (std::string& finding : more) add(std::move(finding));
    };
    add(known.problem);
    add(folder_finding("state_dir", config.state_dir));
    add(catalogue_finding(config.catalogue));
    add_all(state_findings(config));
    if (!add(known.away(FolderKind::inbox_dir, config.inbox_dir)))
        add(folder_finding("inbox_dir", config.inbox_dir));
    add(folder_finding("signals_dir", config.signals_dir));
    add_all(closed_findings(config));
    for (std::size_t i = 0; i < config.watch.size(); ++i)
        if (!add(known.away(FolderKind::watch, config.watch[i].path)))
            add_all(watch::watch_access_findings(fmt::format("watch[{}].path", i), config.watch[i].path));
    for (std::size_t i = 0; i < config.skim.size(); ++i)
        if (!add(known.away(FolderKind::skim, config.skim[i].from)))
            add_all(watch::read_access_findings(fmt::format("skim[{}].from", i), config.skim[i].from));
    for (const auto& [name, drive] : config.drives) {
        if (drive.emulated()) {
            if (!add(known.away(FolderKind::image_dir, drive.image_dir)))
                add(folder_finding(fmt::format("drives.{}.image_dir", name), drive.image_dir));
        } else if (access(drive.device.c_str(), R_OK | W_OK) != 0) {
            const int sys_errno = errno;
            findings.push_back(fmt::format(
                "drives.{}.device: open {}: {}; {}", name, drive.device, std::strerror(sys_errno),
                sys_errno == EACCES ? fmt::format("mend it with: sudo usermod -aG cdrom {}", user_name())
                                    : std::string("is the drive connected? `lsblk -S` lists drives")));
        }
    }
    add_all(lock_findings(config));
    add_all(hook_findings(config.hooks));
    if (config.burn.redundancy != 0 && !is_in_path("par2"))
        findings.push_back(
            "burn.redundancy: the program par2 is not in PATH; mend it with: sudo apt-get install par2");
    return findings;
}

}  // namespace burnbox
