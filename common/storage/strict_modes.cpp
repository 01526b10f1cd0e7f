#include "common/storage/strict_modes.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/storage/user_name.hpp"

namespace burnbox {
namespace {

// The group that many systems give each user: its primary one, of the same number of members as users.
bool is_own_group(gid_t group, uid_t owner) {
    passwd user{};
    passwd* found_user = nullptr;
    std::string buffer(4096, '\0');
    if (::getpwuid_r(owner, &user, buffer.data(), buffer.size(), &found_user) != 0 || found_user == nullptr)
        return false;
    const std::string name = user.pw_name;
    if (user.pw_gid != group) return false;
    struct group entry{};
    struct group* found = nullptr;
    std::string members(16384, '\0');
    if (::getgrgid_r(group, &entry, members.data(), members.size(), &found) != 0 || found == nullptr)
        return false;
    for (char** member = entry.gr_mem; *member != nullptr; ++member)
        if (name != *member) return false;
    return name == entry.gr_name;
}

}  // namespace

std::optional<std::string> strict_finding(const std::string& path, OwnerRule rule,
                                          const std::vector<uid_t>& trusted) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return std::nullopt;
    const std::string shown = escape(path);
    if (rule == OwnerRule::trusted && info.st_uid != 0 &&
        std::ranges::find(trusted, info.st_uid) == trusted.end())
        return fmt::format("{} belongs to the user {}, who could change it; mend it with: chown {} {}", shown,
                           user_name(info.st_uid), trusted.empty() ? "root" : user_name(trusted.front()),
                           shown);
    if ((info.st_mode & S_IWOTH) != 0)
        return fmt::format("{} can be written by everybody; mend it with: chmod go-w {}", shown, shown);
    if ((info.st_mode & S_IWGRP) != 0 && !is_own_group(info.st_gid, info.st_uid))
        return fmt::format("{} can be written by its group; mend it with: chmod g-w {}", shown, shown);
    return std::nullopt;
}

}  // namespace burnbox
