// The Joliet tree as it lies on the disc, before it is known which entry of the primary tree each of its
// entries is. Thread: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "burner/read/iso/directory_records.hpp"
#include "burner/read/iso/folder_list.hpp"
#include "burner/read/read_tree.hpp"

namespace burnbox {

struct JolietNode {
    bool folder = false;
    std::uint32_t parent = 0;
    std::uint32_t first_child = 0;  // of folders; sorted by name
    std::uint32_t children = 0;
    std::uint32_t first_extent = 0;
    std::uint32_t extents = 0;
    std::uint64_t size_bytes = 0;  // of files
    std::int64_t time = 0;
    std::uint32_t block = 0;  // of its record
    TreeText name{};          // UTF-8, without ";1"
};

class JolietTree {
  public:
    // Errors: as read_tree().
    [[nodiscard]] static Result<JolietTree> read(BlockCache& cache, const IsoVolume& volume,
                                                 Mismatches& faults, const TreeLimits& limits);

    [[nodiscard]] const FolderList& folders() const { return folders_; }
    [[nodiscard]] const std::vector<JolietNode>& nodes() const { return nodes_; }  // the root first
    [[nodiscard]] std::span<const JolietNode> children(const JolietNode& folder) const {
        return std::span(nodes_).subspan(folder.first_child, folder.children);
    }
    [[nodiscard]] std::span<const TreeExtent> extents(const JolietNode& node) const {
        return std::span(extents_).subspan(node.first_extent, node.extents);
    }
    [[nodiscard]] std::string_view name(const JolietNode& node) const {
        return std::string_view(texts_).substr(node.name.at, node.name.bytes);
    }
    [[nodiscard]] std::string path(const JolietNode& node) const;

  private:
    JolietTree(const IsoVolume& volume, Mismatches& faults, const TreeLimits& limits, std::uint64_t end_lba);
    [[nodiscard]] Status read_folders(BlockCache& cache);
    [[nodiscard]] Status read_folder(DirectoryRecords& records);
    [[nodiscard]] Status take_record(const DirectoryRecord& record);
    void take_special(const DirectoryRecord& record, std::uint8_t which);
    [[nodiscard]] Status add_entry(const DirectoryRecord& record);
    void add_extent(const DirectoryRecord& record, JolietNode& node);
    void sort_children(std::uint32_t first_child);
    [[nodiscard]] Status list_subfolders();
    void fault(std::uint32_t block, const std::string& what);

    Mismatches* faults_;
    TreeLimits limits_;
    std::uint64_t end_lba_;
    FolderList folders_;
    std::vector<std::uint32_t> nodes_of_folders_;
    std::vector<JolietNode> nodes_;
    std::vector<TreeExtent> extents_;
    std::string texts_;

    std::uint32_t number_ = 0;  // of the folder that is read
    unsigned records_met_ = 0;
    bool goes_on_ = false;    // the last record's file has more extents
    std::string identifier_;  // of the last record
    struct SubFolder {
        DirectoryExtent extent;
        std::string identifier;
    };
    std::vector<SubFolder> subfolders_;
};

}  // namespace burnbox
