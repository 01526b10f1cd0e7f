// Blocks of an opened disc, read for what is on the medium: past the page cache of an image. Thread: the
// operation's, or the one thread of a ContentReader.
#pragma once

#include <span>

#include "burner/media/opened_disc.hpp"

namespace burnbox {

// In units of this many blocks an image is read, and at such addresses.
[[nodiscard]] std::uint32_t read_alignment_blocks(OpenedDisc& disc);

// It says nothing about what is on the disc.
[[nodiscard]] bool drive_or_disc_is_gone(const Error& error);

// Fills the buffer from block `lba` on. Errors: those of a drive or disc that is gone; io
// and corrupt, which judge the disc.
[[nodiscard]] Status read_blocks(OpenedDisc& disc, std::uint32_t lba, std::span<std::byte> buffer);

}  // namespace burnbox
