// Reads the primary tree with Rock Ridge: folder by folder, breadth first, each once. Thread: one at a time.
#pragma once

#include <unordered_map>

#include "burner/read/iso/directory_records.hpp"
#include "burner/read/iso/folder_list.hpp"
#include "burner/read/iso/rock_ridge.hpp"
#include "burner/read/read_tree.hpp"

namespace burnbox {

class TreeReader {
  public:
    TreeReader(BlockCache& cache, const IsoVolume& volume, Mismatches& faults, const TreeLimits& limits);
    // Errors: as read_tree().
    [[nodiscard]] Status read();
    // Since read().
    [[nodiscard]] ReadTree& tree() { return tree_; }
    [[nodiscard]] const FolderList& folders() const { return folders_; }
    [[nodiscard]] const std::vector<RockRidgeReader::Blocks>& continuations() const {
        return rock_ridge_.continuations();
    }

  private:
    struct SubFolder {  // of the folder that is read, until its entries are sorted
        DirectoryExtent extent;
        std::string identifier;
        bool elsewhere = false;  // CL: only the extent's block is known
    };
    struct Moved {  // RE: a folder that belongs elsewhere
        DirectoryExtent extent;
        std::uint32_t physical_parent = 0;
        std::string identifier;
    };
    struct Unfinished {  // a file with more extents to come
        std::string identifier;
        std::optional<NodeId> node;
    };

    void fault(std::uint32_t block, const std::string& what);
    // A fault when the error judges the disc; else the error.
    [[nodiscard]] Status note(std::uint32_t block, const Status& status);
    [[nodiscard]] TreeNode& folder_node() { return tree_.nodes_[nodes_of_folders_[number_]]; }

    [[nodiscard]] Status begin_root();
    [[nodiscard]] Status read_folder();
    [[nodiscard]] Status take_record(const DirectoryRecord& record);
    [[nodiscard]] Status take_own(const DirectoryRecord& record);
    void take_parent(const DirectoryRecord& record);
    void take_root_attributes();
    void check_own_attributes(const DirectoryRecord& record);
    [[nodiscard]] Status add_entry(const DirectoryRecord& record);
    [[nodiscard]] Status fill_node(const DirectoryRecord& record, TreeNode& node) const;
    [[nodiscard]] Result<std::string_view> name_of(const DirectoryRecord& record);
    void add_extent(const DirectoryRecord& record, TreeNode& node);
    void add_next_extent(const DirectoryRecord& record);
    void add_subfolder(const DirectoryRecord& record, TreeNode& node);
    void sort_children(NodeId first_child);
    [[nodiscard]] Status list_subfolders();
    [[nodiscard]] Status take_moved(const DirectoryRecord& record);
    [[nodiscard]] Status take_link(NodeId node, std::uint32_t lba);
    [[nodiscard]] Status list_moved(NodeId node, const Moved& moved);
    [[nodiscard]] Status list_hidden();
    [[nodiscard]] Status list(NodeId node, const DirectoryExtent& extent, std::uint32_t parent,
                              std::string_view identifier);
    [[nodiscard]] TreeText keep(std::string_view text);

    DirectoryRecords records_;
    RockRidgeReader rock_ridge_;
    Mismatches& faults_;
    const TreeLimits limits_;
    const std::uint64_t end_lba_;
    FolderList folders_;
    std::vector<NodeId> nodes_of_folders_;  // by number in folders_
    ReadTree tree_;
    std::uint8_t skip_ = 0;  // of SP
    RockRidge found_;        // of the record at hand
    std::string plain_name_;
    // Folders deeper than 8 levels lie in another one (RE) and are linked to (CL). By their first block:
    // those that no link was met for, and links whose folder was not met.
    std::unordered_map<std::uint32_t, Moved> moved_;
    std::unordered_map<std::uint32_t, NodeId> links_;

    std::uint32_t number_ = 0;  // of the folder that is read
    unsigned records_met_ = 0;  // of it
    std::vector<SubFolder> subfolders_;
    std::optional<Unfinished> unfinished_;
};

}  // namespace burnbox
