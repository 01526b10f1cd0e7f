#include "server/upload/polite_name.hpp"

#include <fmt/format.h>

#include "common/session/names.hpp"

namespace burnbox::upload {

Result<std::string> current_folder(FileSystem& inbox_fs, const std::string& account, PoliteName& polite) {
    const auto is_it = [&](const std::string& folder) {
        const auto info = inbox_fs.info(join_path(account, folder));
        return info && info->type == FileType::folder && info->inode == polite.inode;
    };
    if (is_it(polite.folder)) return polite.folder;
    BB_TRY(const auto entries, list_folder(inbox_fs, account));
    for (const DirEntry& entry : entries) {
        const SessionFolder parts = parse_folder(entry.name);
        if (parts.state == FolderState::open || parts.name != polite.name || !is_it(entry.name)) continue;
        polite.folder = entry.name;
        return polite.folder;
    }
    return fail(Errc::not_found, fmt::format("{} is sealed, and its folder was removed", polite.name));
}

}  // namespace burnbox::upload
