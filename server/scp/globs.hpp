// What a shell would have done with the paths of `scp -f`: patterns become the names they match. Our own
// matcher on the account's own view of its inbox; there is no shell.
#pragma once

#include <string>
#include <vector>

#include "server/service/command_line.hpp"
#include "server/upload/client.hpp"

namespace burnbox::scp {

inline constexpr std::size_t kMostMatches = 10'000;
// Names and folders that one command looks at: its network thread serves nobody else meanwhile.
inline constexpr std::size_t kMostLookedAt = 100'000;

// The words with every pattern replaced by what it matches, sorted by name; one that matches nothing stands
// for itself. Names that begin with a dot are matched by a dot only. Errors: Errc::limit beyond kMostMatches
// or kMostLookedAt.
[[nodiscard]] Result<std::vector<std::string>> expand_globs(Client& client,
                                                            const std::vector<CommandWord>& words);

}  // namespace burnbox::scp
