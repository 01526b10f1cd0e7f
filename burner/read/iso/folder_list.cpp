#include "burner/read/iso/folder_list.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kDeepest = 2048;  // twice what a path of this system can hold

}  // namespace

Status FolderList::add(const DirectoryExtent& extent, std::uint32_t parent, std::string_view identifier) {
    const std::string where = "block " + std::to_string(extent.lba) + ": ";
    if (extent.bytes == 0 || extent.bytes % kBlockBytes != 0)
        return fail(Errc::corrupt, where + "a folder's size is " + std::to_string(extent.bytes) +
                                       " bytes, no whole number of blocks");
    if (extent.lba < begin_lba_ || std::uint64_t{extent.lba} + extent.blocks() > end_lba_)
        return fail(Errc::corrupt, where + "a folder does not lie in its disc session, blocks " +
                                       std::to_string(begin_lba_) + " to " + std::to_string(end_lba_));
    if (!seen_.insert(extent.lba).second)
        return fail(Errc::corrupt, where + "a folder is there a second time");
    if (extent.bytes > bytes_left_)
        return fail(Errc::limit, where + "the folders of this disc are larger than its reader takes");
    ListedFolder folder{.extent = extent, .parent = parent};
    if (!folders_.empty()) folder.depth = folders_[parent].depth + 1;
    if (folder.depth > kDeepest) return fail(Errc::corrupt, where + "folders lie too deep in each other");
    bytes_left_ -= extent.bytes;
    folder.id_at = static_cast<std::uint32_t>(ids_.size());
    folder.id_bytes = static_cast<std::uint8_t>(identifier.size());
    ids_ += identifier;
    folders_.push_back(folder);
    return {};
}

}  // namespace burnbox
