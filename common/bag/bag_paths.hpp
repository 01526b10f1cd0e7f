// Paths in the manifests of bags that others packed. RFC 8493 encodes LF, CR and '%'; BagIt before 1.0 only
// LF and CR, some programs nothing. Some write Windows' backslashes, some md5sum's "*" and "./" before the
// path, some Unicode in another normal form than the file's name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

// What a listed path may mean, as paths from the bag's root: the standard's reading first, the letters as
// they stand last. Most paths have one.
[[nodiscard]] std::vector<std::string> readings_of(std::string_view listed);

// Whether two paths may be the same in different normal forms of Unicode: the same folders and names but for
// those that have letters beyond ASCII in both.
[[nodiscard]] bool may_be_same_letters(std::string_view one, std::string_view other);

}  // namespace burnbox
