// libFuzzer: the reader of discs on any blocks, from block 16 on. What it gives is a tree: every name can be
// one, every path leads to its entry, and it differs from itself in nothing. Start with images' tails: `tail
// -c +32769 image.iso`.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "burner/read/compare.hpp"
#include "burner/read/disc_sessions.hpp"

using namespace burnbox;

namespace {

constexpr std::uint32_t kFirst = 16;
constexpr TreeLimits kLimits{.entries = 10'000, .tree_bytes = 4U << 20U};

void check(const ReadTree& tree) {
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        const std::string_view name = tree.name(node);
        if (name.find('/') != std::string_view::npos || name.find('\0') != std::string_view::npos)
            std::abort();
        if (node.parent >= id || tree.node(node.parent).type != FileType::folder) std::abort();
        if (node.first_child + std::uint64_t{node.children} > tree.size()) std::abort();
        std::uint64_t bytes = 0;
        for (const TreeExtent& extent : tree.extents(node)) bytes += extent.bytes;
        if (node.type == FileType::file && bytes != node.size_bytes) std::abort();
    }
    Mismatches none;
    compare_with_older(tree, tree, {}, none);
    if (!none.none()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MemoryBlocks blocks({reinterpret_cast<const std::byte*>(data), size}, kFirst);
    Mismatches faults;
    const auto volume = read_volume(blocks, 0, faults);
    if (volume) {
        const auto tree = read_tree(blocks, *volume, faults, kLimits);
        if (tree) check(*tree);
        const auto strictly = read_tree(blocks, 0, kLimits);
        if (strictly.has_value() != (tree.has_value() && faults.none())) std::abort();
    }
    const auto sessions = find_disc_sessions(blocks, SessionDepth::trees);
    if (!sessions) std::abort();
    return 0;
}
