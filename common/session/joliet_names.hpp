// Names in the Joliet tree, which Windows shows. There, names of one folder that differ only by case are one
// name, some characters can't be typed, an end in a dot or space is cut off, and CON or AUX.txt are devices;
// and Joliet holds 103 UTF-16 units of a name. A name that all this leaves alone stays; another one is
// spelled anew for Joliet in as many bytes of UTF-8, so that the tree has the same size
// (burner/image/rock_ridge_patch.hpp gives Rock Ridge the name itself). Pure: it follows from the names of
// the folder alone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

struct NameInFolder {
    std::string_view name;  // UTF-8, 1 to 255 bytes
    bool folder = false;
    bool in_joliet = true;  // symbolic links are not
};

struct JolietName {
    std::string spelling;  // as long as the name; the tree's writer cuts it to `shown`
    std::string shown;
};

// For each of the folder's names, in their order. Where names are the same in Joliet, the first stays as it
// is. `spelling` is empty where it is the name itself; `shown` is empty where the name is shown as it is. In
// a folder of more than some sixty names of one byte, two may be left that differ only by case.
[[nodiscard]] std::vector<JolietName> joliet_names(std::span<const NameInFolder> names);

}  // namespace burnbox
