#include "common/storage/changeable.hpp"

namespace burnbox {

Status change_entry(FileSystem& fs, const std::string& path, const std::function<Status()>& change) {
    constexpr std::uint32_t kOwner = 0700;
    Status changed = change();
    if (changed || changed.error().code != Errc::permission) return changed;
    const std::string folder(parent_path(path));
    const auto info = fs.info(folder);
    if (!info || info->type != FileType::folder || (info->mode & kOwner) == kOwner) return changed;
    if (!fs.set_mode(folder, info->mode | kOwner)) return changed;
    return change();
}

}  // namespace burnbox
