// Shell-style patterns of whole names and paths. Immutable after construction, so threads may share one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace burnbox {

// Longer ones are refused where they come from: no path is longer.
inline constexpr std::size_t kLongestGlob = 4096;

// * ? [set] \x; `*`, `?` and sets do not match '/', `**` does. A set that is not closed is a plain '['. The
// cost of a match grows with the text's length times the pattern's, whatever is in them.
class Glob {
  public:
    explicit Glob(std::string_view pattern);
    [[nodiscard]] bool matches(std::string_view text) const;

  private:
    using Word = std::uint64_t;
    // A bit each: in state i all that stands before the i-th character has matched, stars aside.
    using States = std::vector<Word>;

    std::size_t characters_ = 0;  // of the pattern, a set counts as one
    std::size_t words_ = 1;       // of a set of states
    States led_on_by_;            // words_ for each byte: the states that it leads on from
    States kept_in_name_;         // before a star of either kind: any byte but '/' leaves them as they are
    States kept_;                 // before a `**`: any byte does
};

// Of a pattern that is needed once.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace burnbox
