#include "burner/read/windows_names.hpp"

#include <algorithm>

#include "common/unicode/upper_case.hpp"

namespace burnbox {

std::vector<ShownName> changed_names(const ReadTree& tree) {
    std::vector<ShownName> changed;
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        if (node.joliet_name.bytes == 0 || tree.joliet_name(node) == tree.name(node)) continue;
        changed.push_back({tree.path(node), std::string(tree.joliet_name(node))});
    }
    return changed;
}

std::vector<std::pair<std::string, std::string>> case_twins(const ReadTree& tree) {
    std::vector<std::pair<std::string, std::string>> twins;
    std::vector<std::pair<std::string, const TreeNode*>> names;
    for (NodeId id = 0; id < tree.size(); ++id) {
        names.clear();
        for (const TreeNode& child : tree.children(tree.node(id)))
            if (child.joliet_name.bytes != 0) names.emplace_back(upper_case(tree.joliet_name(child)), &child);
        std::ranges::sort(names);
        for (std::size_t i = 1; i < names.size(); ++i)
            if (names[i].first == names[i - 1].first)
                twins.emplace_back(tree.path(*names[i - 1].second), tree.path(*names[i].second));
    }
    return twins;
}

}  // namespace burnbox
