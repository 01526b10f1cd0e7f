// A client's path bytes, made clean: which session folder they mean and what inside it. Pure; says nothing of
// what exists.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace burnbox::upload {

// PATH_MAX of Linux; longer paths are refused before anything else looks at them.
inline constexpr std::size_t kMostPathBytes = 4096;

struct VirtualPath {
    std::string folder;           // "holiday" or "holiday-queued"; "" = the inbox itself
    std::string inside;           // "photos/a.jpg"; "" = the folder itself
    bool trailing_slash = false;  // ended with "/", "/." or "/..": means a folder

    [[nodiscard]] bool is_root() const { return folder.empty(); }
    [[nodiscard]] bool is_top() const { return !folder.empty() && inside.empty(); }
    // "/holiday/photos/a.jpg", without a trailing slash.
    [[nodiscard]] std::string text() const;

    bool operator==(const VirtualPath&) const = default;
};

// Takes away "//", "." and "..", which never lead above "/". Errors: Errc::invalid for more than
// kMostPathBytes or a NUL.
[[nodiscard]] Result<VirtualPath> parse_virtual_path(std::string_view path);

}  // namespace burnbox::upload
