#include "server/skim/selection.hpp"

#include <algorithm>

#include "common/storage/file_system.hpp"

namespace burnbox::skim {

bool Selection::Pattern::matches(std::string_view path) const {
    return glob.matches(path) || (of_names && glob.matches(base_name(path)));
}

bool Selection::any_matches(const std::vector<Pattern>& patterns, std::string_view path) {
    return std::ranges::any_of(patterns, [&](const Pattern& pattern) { return pattern.matches(path); });
}

Selection::Selection(const std::vector<std::string>& include, const std::vector<std::string>& exclude)
    : include_(include.begin(), include.end()),
      exclude_(exclude.begin(), exclude.end()),
      includes_all_(std::ranges::find(include, "**") != include.end()) {}

bool Selection::excludes(std::string_view path) const {
    return any_matches(exclude_, path);
}

bool Selection::takes(std::string_view path) const {
    return (includes_all_ || any_matches(include_, path)) && !excludes(path);
}

bool Selection::covers(std::string_view path) const {
    for (std::string_view folder = parent_path(path); !folder.empty(); folder = parent_path(folder))
        if (excludes(folder)) return false;
    return takes(path);
}

}  // namespace burnbox::skim
