// The tree of a disc session as it was read, in little memory: discs with some 100,000 entries are ordinary.
// A folder's entries stand side by side, sorted by name bytewise. Immutable once read; any number of threads.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "burner/read/iso/iso_volume.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

using NodeId = std::uint32_t;

struct TreeExtent {
    std::uint32_t lba = 0;
    std::uint32_t bytes = 0;

    bool operator==(const TreeExtent&) const = default;
};

struct TreeText {  // in ReadTree::text()
    std::uint32_t at = 0;
    std::uint32_t bytes = 0;
};

struct TreeNode {
    FileType type = FileType::file;
    std::uint16_t mode = 0;  // permission bits only (07777)
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t links = 0;
    std::int64_t mtime = 0;        // seconds since 1970 UTC
    std::uint64_t size_bytes = 0;  // of files: that of all extents; of folders: of their records
    NodeId parent = 0;             // the root's is the root
    NodeId first_child = 0;        // of folders
    std::uint32_t children = 0;
    std::uint32_t first_extent = 0;
    std::uint32_t extents = 0;
    TreeText name{};         // Rock Ridge; without it that of ISO 9660, without ";1"
    TreeText joliet_name{};  // UTF-8; empty = Joliet does not have it
    std::int64_t joliet_mtime = 0;
    TreeText link_target{};
    std::uint32_t block = 0;  // where its directory record is
};

class ReadTree {
  public:
    static constexpr NodeId kRoot = 0;

    [[nodiscard]] const IsoVolume& volume() const { return volume_; }
    [[nodiscard]] bool rock_ridge() const { return rock_ridge_; }

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }  // with the root
    [[nodiscard]] const TreeNode& node(NodeId id) const { return nodes_[id]; }
    [[nodiscard]] std::span<const TreeNode> children(const TreeNode& folder) const {
        return std::span(nodes_).subspan(folder.first_child, folder.children);
    }
    [[nodiscard]] NodeId id_of(const TreeNode& node) const {
        return static_cast<NodeId>(&node - nodes_.data());
    }
    [[nodiscard]] std::string_view name(const TreeNode& node) const { return text(node.name); }
    [[nodiscard]] std::string_view joliet_name(const TreeNode& node) const { return text(node.joliet_name); }
    [[nodiscard]] std::string_view link_target(const TreeNode& node) const { return text(node.link_target); }
    // In their order; an empty file has none.
    [[nodiscard]] std::span<const TreeExtent> extents(const TreeNode& node) const {
        return std::span(extents_).subspan(node.first_extent, node.extents);
    }

    // The child of this name; null when there is none.
    [[nodiscard]] const TreeNode* child(const TreeNode& folder, std::string_view name) const;
    // By path from the root, without leading '/'; "" is the root.
    [[nodiscard]] const TreeNode* find(std::string_view path) const;
    // From the root, without leading '/'.
    [[nodiscard]] std::string path(const TreeNode& node) const;

  private:
    friend class TreeReader;
    friend class JolietMatch;
    [[nodiscard]] std::string_view text(TreeText place) const {
        return std::string_view(texts_).substr(place.at, place.bytes);
    }

    IsoVolume volume_;
    bool rock_ridge_ = false;
    std::vector<TreeNode> nodes_;
    std::vector<TreeExtent> extents_;
    std::string texts_;
};

// What reading may cost, whatever the disc says. More is an error of kind limit.
struct TreeLimits {
    std::uint32_t entries = 8'000'000;
    std::uint64_t tree_bytes = 1ULL << 30U;  // of folders and their continuations
};

// Reads the whole tree of a disc session and compares what it says twice: the primary tree with the Joliet
// one and with the path tables, and who uses which blocks. What is wrong goes to `faults`, with the numbers
// of blocks, and is left out: an entry that can't be read as one, a folder that holds itself, a name with
// '/'. Errors: corrupt when there is no root; limit; those of the source that say nothing about the disc.
[[nodiscard]] Result<ReadTree> read_tree(BlockSource& source, const IsoVolume& volume, Mismatches& faults,
                                         const TreeLimits& limits = {});
// Strictly: descriptors and tree of the disc session that starts at this block; every fault is an error,
// corrupt.
[[nodiscard]] Result<ReadTree> read_tree(BlockSource& source, std::uint32_t start_lba,
                                         const TreeLimits& limits = {});

}  // namespace burnbox
