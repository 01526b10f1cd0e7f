#include "common/storage/access_problem.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/text.hpp"
#include "common/storage/user_name.hpp"
#include "common/unicode/shown_text.hpp"

namespace burnbox {
namespace {

bool is_refusal(int sys_errno) {
    return sys_errno == EACCES || sys_errno == EPERM || sys_errno == EROFS;
}

std::string rights(int wanted) {
    std::string letters;
    if ((wanted & R_OK) != 0) letters += 'r';
    if ((wanted & W_OK) != 0) letters += 'w';
    if ((wanted & X_OK) != 0) letters += 'x';
    return letters;
}

std::string problem(const std::string& path, int wanted, int sys_errno) {
    const std::string what = fmt::format("open {}: {}", escape(path), std::strerror(sys_errno));
    if (const std::string remedy = disk_remedy(sys_errno); !remedy.empty()) return what + "; " + remedy;
    struct stat info{};
    const bool is_ours = ::stat(path.c_str(), &info) == 0 && info.st_uid == ::geteuid();
    const std::string quoted = shell_quoted(path);
    return fmt::format("{}; mend it with: {}sudo chmod u+{} {}", what,
                       is_ours ? "" : fmt::format("sudo chown {} {} && ", user_name(), quoted),
                       rights(wanted), quoted);
}

}  // namespace

std::string disk_remedy(int sys_errno) {
    if (sys_errno != EROFS && sys_errno != EIO) return {};
    return "look at `dmesg`: after an error of its disk, check its file system (fsck); then mount it for "
           "writing";
}

std::optional<std::string> access_problem(const std::string& host_path, int wanted) {
    for (std::size_t end = host_path.find('/', 1); end != std::string::npos;
         end = host_path.find('/', end + 1)) {
        const std::string folder = host_path.substr(0, end);
        if (::access(folder.c_str(), X_OK) == 0) continue;
        if (!is_refusal(errno)) return std::nullopt;
        return problem(folder, R_OK | X_OK | (wanted & W_OK), errno);
    }
    if (::access(host_path.c_str(), wanted) == 0 || !is_refusal(errno)) return std::nullopt;
    return problem(host_path, wanted, errno);
}

}  // namespace burnbox
