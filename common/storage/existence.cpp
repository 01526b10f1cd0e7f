#include "common/storage/existence.hpp"

namespace burnbox {

Result<bool> exists(FileSystem& fs, const std::string& path) {
    const auto info = fs.info(path);
    if (info) return true;
    if (info.error().code == Errc::not_found) return false;
    return std::unexpected(info.error());
}

Result<bool> is_folder(FileSystem& fs, const std::string& path) {
    const auto info = fs.info(path);
    if (info) return info->type == FileType::folder;
    if (info.error().code == Errc::not_found) return false;
    return std::unexpected(info.error());
}

}  // namespace burnbox
