// Blocks 0 to 31 of an emulated disc, which no disc session covers: the copy of the newest one's head that
// every reader begins with. Thread: the operation's.
#pragma once

#include "burner/drive/drive.hpp"
#include "burner/media/image_file.hpp"
#include "burner/read/iso/mismatches.hpp"

namespace burnbox {

// Makes the copy again from the newest whole disc session on the image and compares it byte for byte. A
// difference goes to the mismatches. Errors say nothing about the disc: its file can't be read now.
[[nodiscard]] Status check_head(const ImageFile& image, const DiscIdentity& disc, Mismatches& mismatches);

}  // namespace burnbox
