// Names as Windows sees them, by Joliet. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "burner/read/read_tree.hpp"

namespace burnbox {

// A name in UTF-8 with every letter as Windows compares it, whatever its case: names that are equal folded
// can't be told apart there. Beyond the Basic Multilingual Plane nothing is folded, as there.
[[nodiscard]] std::string fold_case(std::string_view name);

struct JolietName {
    std::string path;         // on the disc, the real one
    std::string joliet_name;  // the last part of it as Windows shows it
};
// Entries whose name in Joliet is another one, in the order of the tree; links and what Joliet does not have
// are not among them.
[[nodiscard]] std::vector<JolietName> changed_joliet_names(const ReadTree& tree);

// Pairs of entries of one folder whose names in Joliet differ in case only: Windows opens the one or the
// other for both.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> joliet_case_twins(const ReadTree& tree);

}  // namespace burnbox
