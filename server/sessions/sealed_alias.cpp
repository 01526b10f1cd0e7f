#include "server/sessions/sealed_alias.hpp"

#include <fmt/format.h>

#include "common/session/names.hpp"

namespace burnbox::upload {

Result<std::string> current_folder(FileSystem& inbox_fs, const std::string& account, SealedAlias& alias) {
    const auto is_it = [&](const std::string& folder) -> Result<bool> {
        const auto info = inbox_fs.info(join_path(account, folder));
        if (!info && info.error().code != Errc::not_found) return std::unexpected(info.error());
        return info && info->type == FileType::folder && info->inode == alias.inode;
    };
    BB_TRY(const bool has_stayed, is_it(alias.folder));
    if (has_stayed) return alias.folder;
    BB_TRY(const auto entries, list_folder(inbox_fs, account));
    for (const DirEntry& entry : entries) {
        const SessionFolder parts = parse_folder(entry.name);
        if (parts.state == FolderState::open || parts.name != alias.name) continue;
        BB_TRY(const bool is_here, is_it(entry.name));
        if (!is_here) continue;
        alias.folder = entry.name;
        return alias.folder;
    }
    return fail(Errc::not_found, fmt::format("{} is sealed, and its folder was removed", alias.name));
}

}  // namespace burnbox::upload
