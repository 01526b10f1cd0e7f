// rsync's own messages as its client may read them: it knows its files by their paths on this machine, the
// client by those in its inbox. Whole lines only, so that no path is missed where two pieces meet. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace burnbox::rsync {

class ErrorText {
  public:
    // `inboxes`: what the account's inbox is called on this machine, by every name that it has.
    explicit ErrorText(std::vector<std::string> inboxes);

    // The lines that are whole with this piece.
    [[nodiscard]] std::string take(std::string_view piece);
    // What came behind the last line's end, after the last piece.
    [[nodiscard]] std::string rest();

  private:
    [[nodiscard]] std::string shown(std::string line) const;

    const std::vector<std::string> inboxes_;  // longest first: one may lie in another
    std::string line_;
};

// What of a line is kept; rsync has none as long.
inline constexpr std::size_t kLongestLine = std::size_t{16} << 10U;

}  // namespace burnbox::rsync
