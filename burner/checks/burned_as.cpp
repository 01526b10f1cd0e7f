#include "burner/checks/burned_as.hpp"

#include "common/bag/found_layout.hpp"

namespace burnbox {

BurnedAs burned_as(const ReadTree& tree, const SealedSession& sealed, BurnedAs supposed) {
    supposed.layout = found_layout(sealed, supposed.layout,
                                   [&](const std::string& path) { return tree.find(path) != nullptr; });
    const auto readable = disc_entries(sealed, supposed.layout, ModePolicy::readable);
    const auto kept = disc_entries(sealed, supposed.layout, ModePolicy::keep);
    for (std::size_t i = 0; i < readable.size(); ++i) {
        if (readable[i].mode == kept[i].mode) continue;
        const TreeNode* node = tree.find(readable[i].path);
        if (node == nullptr) continue;
        const std::uint32_t mode = node->mode;
        if (mode == readable[i].mode) supposed.modes = ModePolicy::readable;
        if (mode == kept[i].mode) supposed.modes = ModePolicy::keep;
        if (mode == readable[i].mode || mode == kept[i].mode) break;
    }
    return supposed;
}

}  // namespace burnbox
