// What follows from a catalogue that is older than the data, or empty beside it, once it has gone on.
#pragma once

#include <string>

#include "common/marks/generation.hpp"

namespace burnbox {

// In state_dir, durably, before the catalogue looks like a current one. Kept for good; no shelf was looked
// over since.
[[nodiscard]] Status remember_older_catalogue(FileSystem& state_fs, std::uint64_t generation,
                                              std::uint64_t noted);

// Whether a catalogue of this state_dir ever was not current: then discs that it does not know may be its
// own. Errors: those of looking.
[[nodiscard]] Result<bool> may_miss_discs(FileSystem& state_fs);

// Every drive has looked over its shelf since the catalogue was found older. Nothing when it never was.
[[nodiscard]] Status note_shelves_seen(FileSystem& state_fs);

// Whether it was found older, and some shelf was not looked over since, in whatever process. Errors: those of
// reading.
[[nodiscard]] Result<bool> has_unseen_shelves(FileSystem& state_fs);

// What it means, for people; "" of a current one.
[[nodiscard]] std::string age_text(CatalogueAge age);

}  // namespace burnbox
