// What of a folder a skimmer takes, by name: include and exclude globs. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/glob.hpp"

namespace burnbox::skim {

class Selection {
  public:
    // A pattern is matched against the path in the skimmed folder and, when it has no '/', against the name
    // alone. A folder that is excluded is excluded with everything in it.
    Selection(const std::vector<std::string>& include, const std::vector<std::string>& exclude);

    [[nodiscard]] bool excludes(std::string_view path) const;  // by its own name or path
    [[nodiscard]] bool takes(std::string_view path) const;     // a file, in folders that are not excluded
    // The same for a path alone, with the folders that it is in.
    [[nodiscard]] bool covers(std::string_view path) const;

  private:
    struct Pattern {
        explicit Pattern(const std::string& text)
            : glob(text), of_names(text.find('/') == std::string::npos) {}
        [[nodiscard]] bool matches(std::string_view path) const;
        Glob glob;
        bool of_names;
    };
    [[nodiscard]] static bool any_matches(const std::vector<Pattern>& patterns, std::string_view path);

    std::vector<Pattern> include_, exclude_;
    bool includes_all_ = false;
};

}  // namespace burnbox::skim
