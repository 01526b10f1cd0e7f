// How an emulated disc gets back to what it was: each disc session ends with overwriting the head at block 0,
// and the old head is kept, durable, in a file of the server until the new one is. An interrupted attempt is
// judged by what the image itself shows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "burner/drive/drive.hpp"
#include "burner/drive/image_file.hpp"

namespace burnbox {

// Durable when it returns; replaces an older one.
[[nodiscard]] Status save_head(const std::string& file, std::string_view head);
// Nothing when there is none, or one that was cut off while it was saved.
[[nodiscard]] Result<std::optional<std::string>> saved_head(const std::string& file);
[[nodiscard]] Status drop_saved_head(const std::string& file);

// Judges an attempt on an image and undoes it unless it is complete. job.disc is the disc as it was before.
[[nodiscard]] Result<Drive::Outcome> settle_image(ImageFile& image, const BurnJob& job,
                                                  std::uint32_t start_lba);

}  // namespace burnbox
