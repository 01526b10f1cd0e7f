// Which entry of the primary tree each entry of the Joliet tree is: names in Joliet may be changed (length,
// characters, to make them unique), places of contents are not. Thread: one at a time.
#pragma once

#include "burner/read/joliet_tree.hpp"
#include "burner/read/read_tree.hpp"

namespace burnbox {

class JolietMatch {
  public:
    JolietMatch(ReadTree& tree, const JolietTree& joliet, Mismatches& faults)
        : tree_(tree), joliet_(joliet), faults_(faults) {}
    // Gives the tree its Joliet names. Faults: entries of the Joliet tree that the primary one does not have,
    // or has with other contents.
    void run();

  private:
    struct Pair {
        NodeId node;
        std::uint32_t joliet;
    };
    struct Rest {  // of one folder: entries without a partner
        std::vector<NodeId> nodes;
        std::vector<std::uint32_t> joliet;
    };
    void match_folder(const Pair& folders);
    [[nodiscard]] Rest match_names(const Pair& folders);
    void match_rest(Rest rest);
    void match_alone(const Rest& alone);
    void join(NodeId node, std::uint32_t joliet);
    [[nodiscard]] bool same_content(NodeId node, std::uint32_t joliet);
    [[nodiscard]] std::uint32_t id_of(const JolietNode& node) const {
        return static_cast<std::uint32_t>(&node - joliet_.nodes().data());
    }
    void sign_trees();

    ReadTree& tree_;
    const JolietTree& joliet_;
    Mismatches& faults_;
    std::vector<Pair> waiting_;
    // What an entry holds, whatever the names: equal for an entry and its partner. Made when it is needed.
    std::vector<std::uint64_t> signs_;
    std::vector<std::uint64_t> joliet_signs_;
};

}  // namespace burnbox
