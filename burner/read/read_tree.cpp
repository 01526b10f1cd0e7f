#include "burner/read/read_tree.hpp"

#include <algorithm>

#include "burner/read/iso/block_map.hpp"
#include "burner/read/iso/path_tables.hpp"
#include "burner/read/joliet_match.hpp"
#include "burner/read/tree_reader.hpp"

namespace burnbox {
namespace {

void add_tree_blocks(BlockMap& map, const TreeReader& reader) {
    map.add_folders(reader.folders(), "a folder");
    for (const RockRidgeReader::Blocks& part : reader.continuations())
        map.add_shared(part.first, part.end - part.first);
}

void check_blocks(BlockMap& map, const ReadTree& tree, Mismatches& faults) {
    const IsoVolume& volume = tree.volume();
    const std::uint32_t first = volume.primary.block;
    map.add_tree(first, volume.terminator_lba + 1 - first, "the descriptors");
    map.add_path_tables(volume.primary.path_tables);
    if (volume.joliet) map.add_path_tables(volume.joliet->path_tables);
    for (NodeId id = 0; id < tree.size(); ++id)
        for (const TreeExtent& extent : tree.extents(tree.node(id)))
            map.add_content(extent.lba, extent.bytes, id);
    map.check(faults,
              [&](NodeId id, const std::string& what) { faults.add(tree.path(tree.node(id)), what); });
}

}  // namespace

const TreeNode* ReadTree::child(const TreeNode& folder, std::string_view name) const {
    const auto all = children(folder);
    const auto found =
        std::ranges::lower_bound(all, name, {}, [this](const TreeNode& n) { return text(n.name); });
    return found != all.end() && text(found->name) == name ? &*found : nullptr;
}

const TreeNode* ReadTree::find(std::string_view path) const {
    const TreeNode* node = &nodes_.front();
    while (!path.empty() && node != nullptr) {
        const std::size_t end = std::min(path.find('/'), path.size());
        node = child(*node, path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return node;
}

std::string ReadTree::path(const TreeNode& node) const {
    std::vector<std::string_view> names;
    for (const TreeNode* next = &node; next != &nodes_.front() && names.size() < nodes_.size();
         next = &nodes_[next->parent])
        names.push_back(name(*next));
    std::string path;
    for (auto next = names.rbegin(); next != names.rend(); ++next) {
        if (!path.empty()) path += '/';
        path += *next;
    }
    return path;
}

Result<ReadTree> read_tree(BlockSource& source, const IsoVolume& volume, Mismatches& faults,
                           const TreeLimits& limits) {
    BlockCache cache(source, volume.end_lba());
    TreeReader reader(cache, volume, faults, limits);
    BB_CHECK(reader.read());
    BlockMap map;
    add_tree_blocks(map, reader);
    BB_CHECK(check_path_tables(cache, volume.primary.path_tables, reader.folders(), "primary", faults));
    if (volume.joliet) {
        BB_TRY(const JolietTree joliet, JolietTree::read(cache, volume, faults, limits));
        BB_CHECK(check_path_tables(cache, volume.joliet->path_tables, joliet.folders(), "Joliet", faults));
        map.add_folders(joliet.folders(), "a folder of Joliet");
        JolietMatch(reader.tree(), joliet, faults).run();
    }
    check_blocks(map, reader.tree(), faults);
    return std::move(reader.tree());
}

Result<ReadTree> read_tree(BlockSource& source, std::uint32_t start_lba, const TreeLimits& limits) {
    Mismatches faults;
    BB_TRY(const IsoVolume volume, read_volume(source, start_lba, faults));
    BB_TRY(ReadTree tree, read_tree(source, volume, faults, limits));
    if (!faults.none()) return fail(Errc::corrupt, faults.texts().front());
    return tree;
}

}  // namespace burnbox
