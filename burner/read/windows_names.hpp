// Names of a disc as Windows sees them, by Joliet. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "burner/read/read_tree.hpp"

namespace burnbox {

struct ShownName {
    std::string path;   // on the disc, the real one
    std::string shown;  // the last part of it as Windows shows it
};
// Entries that Windows shows under another name, in the order of the tree; links and what Joliet does not
// have are not among them.
[[nodiscard]] std::vector<ShownName> changed_names(const ReadTree& tree);

// Pairs of entries of one folder whose names in Joliet differ by case only: Windows opens the one or the
// other for both.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> case_twins(const ReadTree& tree);

}  // namespace burnbox
