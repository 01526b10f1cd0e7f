#include "server/files/sent_modes.hpp"

#include "server/rules/attributes.hpp"

namespace burnbox::upload {

void note_sent_mode(SessionFiles& files, const std::string& path, FileType type, std::uint32_t mode) {
    if (type == FileType::symlink || path.empty()) return;
    const bool is_staged = staged_mode(type, mode) == sent_mode(mode);
    if (is_staged && files.sent(path) == nullptr) return;
    files.described(path, {.mode = sent_mode(mode), .mtime = {}});
}

FileInfo as_sent(const SessionFiles& files, const std::string& path, FileInfo info) {
    if (info.type == FileType::symlink) return info;
    info.mode = sent_mode(info.mode);
    if (const SentFacts* const facts = files.sent(path); facts != nullptr && facts->mode)
        info.mode = *facts->mode;
    return info;
}

std::vector<FoundMode> open_up(FileSystem& fs, const std::string& top, bool files_too) {
    std::vector<FoundMode> found;
    if (const auto info = fs.info(top); info && staged_mode(info->type, info->mode) != info->mode)
        (void)fs.set_mode(top, staged_mode(info->type, info->mode));
    std::vector<std::string> waiting = {""};
    while (!waiting.empty()) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        const auto names = list_folder(fs, join_path(top, at));
        if (!names) continue;
        for (const DirEntry& name : *names) {
            const bool looked_at =
                name.type == FileType::folder || (files_too && name.type == FileType::file);
            if (!looked_at) continue;
            std::string path = join_path(at, name.name);
            const auto info = fs.info(join_path(top, path));
            if (!info || info->type != name.type) continue;
            if (const std::uint32_t mode = staged_mode(info->type, info->mode); mode != info->mode) {
                (void)fs.set_mode(join_path(top, path),
                                  mode);  // what fails here fails at the seal too, which says so
                found.push_back({.path = path, .type = info->type, .mode = info->mode});
            }
            if (info->type == FileType::folder) waiting.push_back(std::move(path));
        }
    }
    return found;
}

}  // namespace burnbox::upload
