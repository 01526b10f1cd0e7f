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

// Before a burn at block `next_lba`: how many bytes of the image lie behind it and are no whole disc session,
// so that they may be cut off: nothing of them is to follow the new one. Errors: wrong_medium when a whole
// one may be among them, also one of another disc: nothing may be written over it.
[[nodiscard]] Result<std::uint64_t> unfinished_bytes(const ImageFile& image, const DiscIdentity& disc,
                                                     std::uint32_t next_lba);

// How many bytes before `end` the file does not have: holes, and what lies behind its end. 0 where the file
// system does not say.
[[nodiscard]] Result<std::uint64_t> missing_bytes(const ImageFile& image, std::uint64_t end);

}  // namespace burnbox
