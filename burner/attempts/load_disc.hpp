// Puts a disc of the catalogue into the drive, wherever its image lies on the drive's shelf.
#pragma once

#include "burner/attempts/attempt_context.hpp"
#include "burner/schedule/disc_places.hpp"

namespace burnbox {

// Emulated: Errc::not_found when this drive's shelf does not show it; unreachable, of Origin::state_folder,
// when no shelf does and one is away. Real: no_medium or wrong_medium with "insert LABEL" when another one,
// or none, is in; a disc is known by its serial once something was burned on it.
[[nodiscard]] Status load_disc(AttemptContext& context, const DiscRow& disc,
                               HeadNoted head = HeadNoted::newest);
[[nodiscard]] Status load_image(AttemptContext& context, const ShelfView& view, const DiscRow& disc,
                                HeadNoted head = HeadNoted::newest);

// What was just inspected, as the catalogue has it. Errc::no_medium; not_found: it burned none that is there.
[[nodiscard]] Result<DiscRow> disc_in_drive(AttemptContext& context, const Medium& medium);

// Notes where the discs are that the shelves show, and which images are gone. `discs` is brought up to date.
[[nodiscard]] Status note_places(const BurnerServices& services, const ShelfView& view,
                                 std::vector<DiscRow>& discs);

// Of images with the serial of another one, once.
void tell_copies(AttemptContext& context, const ShelfView& view, const std::vector<DiscRow>& discs);

// "disc X is missing: ..." with what to do, for people.
[[nodiscard]] std::string away_text(const DiscRow& disc, const Config& config);

}  // namespace burnbox
