#include <fmt/format.h>

#include <array>
#include <ctime>

#include "server/sftp/session.hpp"

namespace burnbox::sftp {
namespace {

std::string mode_text(const FileInfo& info) {
    std::string text = "?rwxrwxrwx";
    switch (info.type) {
        case FileType::file:
            text[0] = '-';
            break;
        case FileType::folder:
            text[0] = 'd';
            break;
        case FileType::symlink:
            text[0] = 'l';
            break;
        case FileType::other:
            break;
    }
    for (unsigned bit = 0; bit < 9; ++bit)
        if ((info.mode & (0400U >> bit)) == 0) text[1 + bit] = '-';
    return text;
}

}  // namespace

std::string long_name(const std::string& name, const FileInfo& info, const std::string& account,
                      Timestamp now) {
    // Like ls(1): the hour for the last half year, the year for what is older or in the future.
    const std::time_t when = std::chrono::floor<std::chrono::seconds>(info.mtime).time_since_epoch().count();
    const bool recent = info.mtime < now + std::chrono::days(1) && info.mtime > now - std::chrono::days(182);
    std::tm parts{};
    gmtime_r(&when, &parts);
    std::array<char, 32> date{};
    if (std::strftime(date.data(), date.size(), recent ? "%b %e %H:%M" : "%b %e  %Y", &parts) == 0)
        date[0] = '\0';
    return fmt::format("{} {:>4} {:<8} {:<8} {:>8} {} {}", mode_text(info), info.links, account, account,
                       info.size_bytes, date.data(), name);
}

}  // namespace burnbox::sftp
