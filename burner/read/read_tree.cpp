#include "burner/read/read_tree.hpp"

#include <algorithm>

#include "burner/read/tree_reader.hpp"

namespace burnbox {

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
    BlockCache cache(source);
    TreeReader reader(cache, volume, faults, limits);
    BB_CHECK(reader.read());
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
