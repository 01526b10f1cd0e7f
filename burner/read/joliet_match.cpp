#include "burner/read/joliet_match.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace burnbox {
namespace {

// Links and devices have no place in Joliet.
bool in_joliet(const TreeNode& node) {
    return node.type == FileType::file || node.type == FileType::folder;
}

std::uint64_t mix(std::uint64_t value) {  // splitmix64
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ value >> 30U) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ value >> 27U) * 0x94D049BB133111EBULL;
    return value ^ value >> 31U;
}

std::uint64_t sign_of(bool folder, std::span<const TreeExtent> extents, std::uint64_t below) {
    if (folder) return mix(below + 1);
    std::uint64_t sign = 0;
    for (const TreeExtent& extent : extents)
        sign = mix(sign ^ (std::uint64_t{extent.lba} << 32U | extent.bytes));
    return mix(sign + 2);
}

}  // namespace

// Entries lie behind their folder in both lists.
void JolietMatch::sign_trees() {
    if (!signs_.empty()) return;
    signs_.assign(tree_.size(), 0);
    for (NodeId id = static_cast<NodeId>(tree_.size()); id-- > 0;) {
        const TreeNode& node = tree_.node(id);
        if (!in_joliet(node)) continue;
        signs_[id] = sign_of(node.type == FileType::folder, tree_.extents(node), signs_[id]);
        if (id != ReadTree::kRoot) signs_[node.parent] += signs_[id];
    }
    joliet_signs_.assign(joliet_.nodes().size(), 0);
    for (std::size_t id = joliet_.nodes().size(); id-- > 0;) {
        const JolietNode& node = joliet_.nodes()[id];
        joliet_signs_[id] = sign_of(node.folder, joliet_.extents(node), joliet_signs_[id]);
        if (id != 0) joliet_signs_[node.parent] += joliet_signs_[id];
    }
}

bool JolietMatch::same_content(NodeId node, std::uint32_t joliet) {
    const TreeNode& one = tree_.node(node);
    const JolietNode& other = joliet_.nodes()[joliet];
    if ((one.type == FileType::folder) != other.folder) return false;
    return other.folder || std::ranges::equal(tree_.extents(one), joliet_.extents(other));
}

void JolietMatch::join(NodeId node, std::uint32_t joliet) {
    TreeNode& one = tree_.nodes_[node];
    const JolietNode& other = joliet_.nodes()[joliet];
    const std::string_view name = joliet_.name(other);
    one.joliet_mtime = other.time;
    if (name == tree_.name(one)) {
        one.joliet_name = one.name;
    } else {
        one.joliet_name = {static_cast<std::uint32_t>(tree_.texts_.size()),
                           static_cast<std::uint32_t>(name.size())};
        tree_.texts_ += name;
    }
    if (other.folder) waiting_.push_back({node, joliet});
}

// Both are sorted by name. A pair of the same name is one, unless a changed name may have taken another's.
JolietMatch::Rest JolietMatch::match_names(const Pair& folders) {
    Rest rest;
    std::vector<Pair> pairs;
    const auto ours = tree_.children(tree_.node(folders.node));
    const auto theirs = joliet_.children(joliet_.nodes()[folders.joliet]);
    auto next = theirs.begin();
    for (const TreeNode& node : ours) {
        for (; next != theirs.end() && joliet_.name(*next) < tree_.name(node); ++next)
            rest.joliet.push_back(id_of(*next));
        const bool same_name = next != theirs.end() && joliet_.name(*next) == tree_.name(node);
        if (!in_joliet(node)) {  // some writers show links as empty files
            if (same_name && !next->folder && next->size_bytes == 0) ++next;
            continue;
        }
        if (same_name && same_content(tree_.id_of(node), id_of(*next)))
            pairs.push_back({tree_.id_of(node), id_of(*next++)});
        else
            rest.nodes.push_back(tree_.id_of(node));
    }
    for (; next != theirs.end(); ++next) rest.joliet.push_back(id_of(*next));
    for (const Pair& pair : pairs) {
        if (!rest.joliet.empty()) {
            sign_trees();
            if (signs_[pair.node] != joliet_signs_[pair.joliet]) {
                rest.nodes.push_back(pair.node);
                rest.joliet.push_back(pair.joliet);
                continue;
            }
        }
        join(pair.node, pair.joliet);
    }
    return rest;
}

// By what they hold; of those that hold the same (empty files), by their times, then in the order of their
// names, which another spelling in Joliet may change.
void JolietMatch::match_rest(Rest rest) {
    sign_trees();
    std::ranges::sort(rest.nodes, {}, [this](NodeId id) {
        const TreeNode& node = tree_.node(id);
        return std::tuple(signs_[id], node.mtime, tree_.name(node));
    });
    std::ranges::sort(rest.joliet, {}, [this](std::uint32_t id) {
        const JolietNode& node = joliet_.nodes()[id];
        return std::tuple(joliet_signs_[id], node.time, joliet_.name(node));
    });
    Rest alone;
    auto node = rest.nodes.begin();
    for (const std::uint32_t joliet : rest.joliet) {
        for (; node != rest.nodes.end() && signs_[*node] < joliet_signs_[joliet]; ++node)
            alone.nodes.push_back(*node);
        if (node != rest.nodes.end() && signs_[*node] == joliet_signs_[joliet])
            join(*node++, joliet);
        else
            alone.joliet.push_back(joliet);
    }
    alone.nodes.insert(alone.nodes.end(), node, rest.nodes.end());
    match_alone(alone);
}

// Nothing holds the same: what differs in folders of the same name is told for what is in them.
void JolietMatch::match_alone(const Rest& alone) {
    std::unordered_map<std::string_view, NodeId> folders;
    for (const NodeId id : alone.nodes)
        if (const TreeNode& node = tree_.node(id); node.type == FileType::folder)
            folders.emplace(tree_.name(node), id);
    std::vector<Pair> pairs;
    for (const std::uint32_t joliet : alone.joliet) {
        const JolietNode& other = joliet_.nodes()[joliet];
        const auto found = other.folder ? folders.find(joliet_.name(other)) : folders.end();
        if (found != folders.end())
            pairs.push_back({found->second, joliet});
        else
            faults_.add(joliet_.path(other), "Joliet tree, block " + std::to_string(other.block) +
                                                 ": no entry of the primary tree holds the same");
    }
    for (const Pair& pair : pairs) join(pair.node, pair.joliet);
}

void JolietMatch::run() {
    waiting_.push_back({ReadTree::kRoot, 0});
    while (!waiting_.empty()) {
        const Pair folders = waiting_.back();
        waiting_.pop_back();
        Rest rest = match_names(folders);
        if (!rest.joliet.empty()) match_rest(std::move(rest));
    }
}

}  // namespace burnbox
