// With how many percent the recovery data on a disc was made, where nobody knows any more. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/session/parity.hpp"

namespace burnbox {

using ReadIndex = std::function<Result<std::string>(const std::string& name)>;

// From the recovery blocks that the volumes' names count and the source blocks that the sets' indexes list.
// Sets of few blocks come out the same for several percentages: of those that give each set what it has, one
// that people choose, of whole tens if there is one, else of fives. Nothing: an index can't be read, or there
// is no such percentage. `index`: the content of a file "set-0001.par2".
[[nodiscard]] std::optional<unsigned> percent_of_sets(const std::vector<ParityFile>& files,
                                                      const ReadIndex& index);

}  // namespace burnbox
