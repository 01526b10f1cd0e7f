// Looks every moment, whatever the drives do, whether each image_dir is there (its disk may be unmounted at
// any time), and whether a known disc's image went. What came is the drives' affair (shelf_watch.hpp).
// Threads: look() by one at a time.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "burner/schedule/disc_places.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

class FolderWatch {
  public:
    // All outlive this; the drives are those of `places`.
    FolderWatch(const BurnerServices& services, const DiscPlaces& places)
        : services_(services), places_(places) {}

    // Tells which image_dirs are away, and notes in the catalogue where the discs are and which are missing.
    // True: a folder is back, or a disc is another drive's now, and the drives look over their shelves.
    // Blocks on the disks.
    [[nodiscard]] bool look();

  private:
    using Seen = std::tuple<std::string, std::string, std::string>;  // location, serial, head digest
    [[nodiscard]] bool tell_folders();
    bool note(const ShelfView& view);

    const BurnerServices& services_;
    const DiscPlaces& places_;
    std::map<std::string, bool> there_;  // by image_dir
    std::vector<Seen> seen_;
    SteadyTime note_again_ = SteadyTime::min();
};

}  // namespace burnbox
