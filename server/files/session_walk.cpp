#include "server/files/session_walk.hpp"

#include <algorithm>

#include "common/session/names.hpp"

namespace burnbox::upload {

Result<std::vector<WalkEntry>> walk_session(FileSystem& inbox_fs, const std::string& folder) {
    std::vector<WalkEntry> entries;
    std::vector<std::string> waiting = {
        ""};  // folders to look into; not recursive: a client decides how deep a tree is
    while (!waiting.empty()) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        BB_TRY(const auto names, list_folder(inbox_fs, join_path(folder, at)));
        for (const DirEntry& name : names) {
            WalkEntry entry{.path = join_path(at, name.name), .info = {}, .link_target = {}};
            const std::string fs_path = join_path(folder, entry.path);
            BB_TRY(entry.info, inbox_fs.info(fs_path));
            if (is_own_file(entry.path) && entry.info.type != FileType::folder) continue;
            if (entry.info.type == FileType::symlink) {
                BB_TRY(entry.link_target, inbox_fs.read_symlink(fs_path));
            }
            if (entry.info.type == FileType::folder) waiting.push_back(entry.path);
            entries.push_back(std::move(entry));
        }
    }
    std::ranges::sort(entries, {}, &WalkEntry::path);
    return entries;
}

}  // namespace burnbox::upload
