// How an emulated disc gets back to what it was: each disc session ends with overwriting the head at block 0,
// and the old head is kept, durable, in a file of the server until the new one is. An interrupted attempt is
// judged by what the image itself shows. Nothing is cut off or written over because a record says so: what
// was written whole stays, and only what lies behind it and never was whole goes.
#pragma once

#include <string>
#include <string_view>

#include "burner/drive/drive.hpp"
#include "burner/media/image_file.hpp"

namespace burnbox {

// Durable when it returns; replaces an older one.
[[nodiscard]] Status save_head(const std::string& file, std::string_view head);
[[nodiscard]] Status drop_saved_head(const std::string& file);

// Judges an attempt on an image; job.disc is the disc as the catalogue knows it from before. A disc session
// that was cut off is cut away, a head that was is made again from the newest whole disc session. What can't
// be explained so is `damaged`, and is left as it is.
[[nodiscard]] Result<Drive::Outcome> adjudicate_image(ImageFile& image, const BurnJob& job,
                                                      std::uint32_t start_lba);

// Takes back what this process wrote behind the disc sessions that it found, as long as the head at block 0
// shows nothing of it; else adjudicate_image() judges.
[[nodiscard]] Status undo_burn(ImageFile& image, const BurnJob& job);

// Before a burn: cuts off what lies behind block `next_lba` and never was whole, as adjudicate_image() does,
// so that its blocks are free and nothing of it follows the new disc session. What can't be explained so is
// left as it is.
[[nodiscard]] Status cut_unfinished(ImageFile& image, const DiscIdentity& disc, std::uint32_t next_lba);

}  // namespace burnbox
