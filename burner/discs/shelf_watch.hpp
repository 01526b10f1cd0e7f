// What came onto the shelf of an emulated drive, or went from it, while burnbox runs: a disk was mounted, an
// image copied back. Looks at the files' sizes and times. Used by one thread.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"

namespace burnbox {

class ShelfWatch {
  public:
    // Given what the shelf shows at each look. When that differs from what it showed when it last was at
    // rest, and is as it was at the look before (nothing is being copied): the images that are new or
    // changed, none when some only went. The first look is where it begins.
    [[nodiscard]] std::optional<std::vector<ShelfDisc>> look(const std::vector<ShelfDisc>& shelf);

    // It can't be read: whatever it shows then is new.
    void away();

  private:
    struct Image {
        ShelfDisc disc;
        struct ::stat info{};  // zeros where the file can't be looked at
        [[nodiscard]] bool is_as(const Image& other) const;
    };
    using Images = std::vector<Image>;
    [[nodiscard]] static bool are_same(const Images& a, const Images& b);

    bool began_ = false;
    Images settled_;
    Images before_;
};

}  // namespace burnbox
