#include "common/storage/disk_space.hpp"

namespace burnbox {

Result<FileSystem::Space> space_at(FileSystem& fs, const std::string& folder) {
    if (folder.empty()) return fs.space();
    BB_TRY(const auto below, fs.subtree(folder));
    return below->space();
}

}  // namespace burnbox
