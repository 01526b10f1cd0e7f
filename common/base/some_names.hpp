// Names in a sentence for people. Pure.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "common/base/text.hpp"

namespace burnbox {

// "a, b and 3 more", escaped: the `path` of the first `most` notes.
template <typename Notes>
[[nodiscard]] std::string some_paths(const Notes& notes, std::size_t most) {
    std::string names;
    for (std::size_t i = 0; i < std::min(notes.size(), most); ++i)
        names += (names.empty() ? "" : ", ") + escape(notes[i].path);
    if (notes.size() > most) names += fmt::format(" and {} more", notes.size() - most);
    return names;
}

}  // namespace burnbox
