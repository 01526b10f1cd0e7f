// What follows from a catalogue that is older than the data, or empty beside it, once it has gone on.
#pragma once

#include <string>

#include "common/inbox/generation.hpp"

namespace burnbox {

// In state_dir, durably, before the catalogue looks like a current one. Kept for good.
[[nodiscard]] Status remember_older_catalogue(FileSystem& state_fs, std::uint64_t generation,
                                              std::uint64_t noted);

// Whether a catalogue of this state_dir ever was not current: then discs that it does not know may be its
// own. Errors: those of looking.
[[nodiscard]] Result<bool> may_miss_discs(FileSystem& state_fs);

// What it means, for people; "" of a current one.
[[nodiscard]] std::string age_text(CatalogueAge age);

}  // namespace burnbox
