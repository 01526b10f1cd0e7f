#include "server/places/account_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "common/base/log.hpp"
#include "common/base/text.hpp"

namespace burnbox {

std::vector<std::string> unread_account_files(const Config& config) {
    std::vector<std::string> lines;
    if (config.file.empty()) return lines;
    std::error_code error;
    std::filesystem::directory_iterator entries(
        std::filesystem::path(config.file).parent_path() / "accounts.d", error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        const std::filesystem::path& path = entries->path();
        std::error_code unknown;
        if (path.extension() == ".yaml" || path.filename().string().starts_with('.')) continue;
        if (std::filesystem::is_directory(path, unknown)) continue;
        lines.push_back(fmt::format("accounts.d/{} is not read: its name must end in .yaml",
                                    escape(path.filename().string())));
    }
    std::ranges::sort(lines);
    return lines;
}

void tell_unread_account_files(const Config& config) {
    for (const std::string& line : unread_account_files(config))
        log::warning("file not read", log::kv("reason", line));
}

}  // namespace burnbox
