// The folders of one tree as they lie on the disc, in the order in which they are read: work still to do, and
// afterwards what path tables and the map of blocks are compared with. Thread: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "burner/read/iso/iso_volume.hpp"

namespace burnbox {

struct ListedFolder {
    DirectoryExtent extent;
    std::uint32_t parent = 0;  // number in the list; the root's is the root
    std::uint32_t depth = 0;
    std::uint32_t id_at = 0;  // its identifier, for FolderList::id()
    std::uint8_t id_bytes = 0;
};

class FolderList {
  public:
    // `begin_lba`, `end_lba`: the disc session, which has its whole tree in it; `most_bytes`: of all folders.
    FolderList(std::uint32_t begin_lba, std::uint64_t end_lba, std::uint64_t most_bytes)
        : begin_lba_(begin_lba), end_lba_(end_lba), bytes_left_(most_bytes) {}

    // Errors: corrupt, without the folder's name: it lies outside of the disc, is listed already, or is too
    // deep; limit.
    [[nodiscard]] Status add(const DirectoryExtent& extent, std::uint32_t parent,
                             std::string_view identifier);

    [[nodiscard]] std::size_t size() const { return folders_.size(); }
    [[nodiscard]] const ListedFolder& at(std::size_t number) const { return folders_[number]; }
    [[nodiscard]] const std::vector<ListedFolder>& all() const { return folders_; }
    [[nodiscard]] std::string_view id(const ListedFolder& folder) const {
        return std::string_view(ids_).substr(folder.id_at, folder.id_bytes);
    }

  private:
    std::uint32_t begin_lba_;
    std::uint64_t end_lba_;
    std::uint64_t bytes_left_;
    std::vector<ListedFolder> folders_;
    std::string ids_;
    std::unordered_set<std::uint32_t> seen_;  // by first block
};

}  // namespace burnbox
