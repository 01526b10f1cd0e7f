// What lies where, told by paths alone. Pure.
#pragma once

#include <string_view>

namespace burnbox {

// Whether `path` is `folder` or lies below it; both in the same form, without a slash at the end. All lies
// below
// "/".
[[nodiscard]] inline bool is_at_or_below(std::string_view path, std::string_view folder) {
    return folder == "/" ||
           (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

}  // namespace burnbox
