#include "server/watch/watch_access.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "common/storage/access_problem.hpp"
#include "common/storage/user_name.hpp"
#include "server/refusal/seal_refusal.hpp"

namespace burnbox::watch {
namespace {

constexpr std::size_t kMostExamples = 10;

// For a shell: in single quotes when it needs them.
std::string quoted(const std::string& path) {
    if (path.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,@") ==
        std::string::npos)
        return path;
    std::string out = "'";
    for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// Gives the server's user access to what is there and to what will be made there.
std::string acl_line(const std::string& path) {
    return fmt::format("sudo setfacl -R -m u:{0}:rwX -m d:u:{0}:rwX {1}", user_name(), quoted(path));
}

// Why this folder can't be worked in, with the line that mends it; "" when it can.
std::string write_problem(const std::string& folder) {
    if (access(folder.c_str(), R_OK | W_OK | X_OK) == 0) return {};
    const int sys_errno = errno;
    if (const std::string remedy = disk_remedy(sys_errno); !remedy.empty())
        return fmt::format("write in {}: {}; {}", escape(folder), std::strerror(sys_errno), remedy);
    return fmt::format("write in {}: {}; mend it with: {}", escape(folder), std::strerror(sys_errno),
                       acl_line(folder));
}

// In a sticky folder only the owner of an entry, the folder's owner and root may rename it.
bool sticky_forbids(const std::string& root, const std::string& entry) {
    struct stat parent{}, own{};
    if (geteuid() == 0 || stat(root.c_str(), &parent) != 0 || lstat(entry.c_str(), &own) != 0) return false;
    return (parent.st_mode & S_ISVTX) != 0 && parent.st_uid != geteuid() && own.st_uid != geteuid();
}

std::string sticky_problem(const std::string& root, const std::string& entry) {
    return fmt::format(
        "{} belongs to another user and {} is sticky, so that only its owner may rename it; mend it with: "
        "sudo chmod "
        "-t {}",
        escape(entry), escape(root), quoted(root));
}

using Dir = std::unique_ptr<DIR, int (*)(DIR*)>;

// What can't be read below `folder`, at most some examples.
void find_unreadable(const std::string& folder, std::vector<std::string>& found) {
    std::vector<std::string> waiting = {folder};
    while (!waiting.empty() && found.size() < kMostExamples) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        const Dir dir(::opendir(at.c_str()), ::closedir);
        if (!dir) {
            found.push_back(at);
            continue;
        }
        while (const dirent* const entry = ::readdir(dir.get())) {
            const std::string name = entry->d_name;
            if (name == "." || name == "..") continue;
            const std::string path = at + "/" + name;
            struct stat info{};
            if (lstat(path.c_str(), &info) != 0) continue;
            if (S_ISDIR(info.st_mode))
                waiting.push_back(path);
            else if (S_ISREG(info.st_mode) && access(path.c_str(), R_OK) != 0 && found.size() < kMostExamples)
                found.push_back(path);
        }
    }
}

}  // namespace

std::string session_access_problem(const std::string& root, const std::string& session) {
    for (const std::string& folder : {root, session})
        if (std::string problem = write_problem(folder); !problem.empty()) return problem;
    if (sticky_forbids(root, session)) return sticky_problem(root, session);
    return {};
}

std::string unreadable_problem(const std::string& session, const std::vector<std::string>& paths) {
    return fmt::format("can't be read by user {}: {}; mend it with: {}", user_name(),
                       upload::list_names(paths), acl_line(session));
}

std::vector<std::string> read_access_findings(const std::string& key, const std::string& root) {
    struct stat info{};
    if (stat(root.c_str(), &info) != 0)
        return {fmt::format("{}: {}: {}; is it mounted?", key, escape(root), std::strerror(errno))};
    if (!S_ISDIR(info.st_mode))
        return {fmt::format("{}: {} is no folder; choose another one", key, escape(root))};
    std::vector<std::string> unreadable;
    find_unreadable(root, unreadable);
    if (unreadable.empty()) return {};
    return {
        fmt::format("{0}: can't be read by user {1}: {2}; mend it with: sudo setfacl -R -m u:{1}:rX -m "
                    "d:u:{1}:rX {3}",
                    key, user_name(), upload::list_names(unreadable), quoted(root))};
}

std::vector<std::string> watch_access_findings(const std::string& key, const std::string& root) {
    struct stat info{};
    if (stat(root.c_str(), &info) != 0) {
        const int sys_errno = errno;
        return {fmt::format("{}: {}: {}; mend it with: sudo install -d -o {} {}", key, escape(root),
                            std::strerror(sys_errno), user_name(), quoted(root))};
    }
    if (!S_ISDIR(info.st_mode))
        return {fmt::format("{}: {} is no folder; choose another one", key, escape(root))};
    if (const std::string problem = write_problem(root); !problem.empty())
        return {fmt::format("{}: {}", key, problem)};
    std::vector<std::string> findings;
    if ((info.st_mode & S_ISVTX) != 0 && geteuid() != 0 && info.st_uid != geteuid())
        findings.push_back(fmt::format(
            "{}: {} is sticky: burnbox can't rename the sessions of other users there; mend it with: sudo "
            "chmod -t {}",
            key, escape(root), quoted(root)));
    const Dir dir(::opendir(root.c_str()), ::closedir);
    while (const dirent* const entry = dir ? ::readdir(dir.get()) : nullptr) {
        const std::string name = entry->d_name;
        const std::string path = root + "/" + name;
        if (name.starts_with('.') || findings.size() >= kMostExamples) continue;
        if (lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) ||
            parse_folder(name).state == FolderState::burned)
            continue;
        if (const std::string problem = write_problem(path); !problem.empty()) {
            findings.push_back(fmt::format("{}: {}", key, problem));
            continue;
        }
        std::vector<std::string> unreadable;
        find_unreadable(path, unreadable);
        if (!unreadable.empty())
            findings.push_back(fmt::format("{}: {}", key, unreadable_problem(path, unreadable)));
    }
    return findings;
}

}  // namespace burnbox::watch
