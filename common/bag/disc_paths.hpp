// Names as other programs gave them, made into names that a disc can hold: in folders that burnbox does not
// receive itself any byte string may be a name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

// Bytes that are no UTF-8 and control characters as %XX.
[[nodiscard]] std::string percent_name(std::string_view name);

// The paths on the disc of these ones, which are sorted bytewise and have every folder before what is in it.
// What check_entry_name() accepts stays as it is; names that would become the same, or too long, get a
// number.
[[nodiscard]] std::vector<std::string> disc_paths(const std::vector<std::string>& paths);

// A line of the tag file names.tsv: the path on the disc, a tab, and the original in which every byte but
// printable ASCII is \xNN and a backslash is doubled: printf %b gives it back.
[[nodiscard]] std::string names_line(std::string_view disc_path, std::string_view original);

}  // namespace burnbox
