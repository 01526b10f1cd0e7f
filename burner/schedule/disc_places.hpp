// Where the discs are. A disc belongs to no drive: it is known by its serial, and an emulated one is wherever
// a shelf shows an image that bears it, under whatever name. What is noted in the catalogue is only where it
// was seen last.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// What the shelves of all emulated drives show at one moment.
struct ShelfView {
    struct Image {
        std::string drive;
        ShelfDisc disc;
    };
    std::vector<Image> images;  // by serial; those without one first
    bool complete = true;       // false: a shelf could not be read, so that what is not there may be on it
    Error away{};               // why, of the first such shelf
};

// The image of this disc; nullptr = no shelf shows it. Of several with its serial (copies) the one whose head
// is as the catalogue knows it, else the one where it was last seen. A disc that nothing was burned on is
// known by its label; an image that lost its head, by its place. Pure.
[[nodiscard]] const ShelfView::Image* place_of(const ShelfView& view, const DiscRow& disc);

// The others that bear its serial: nothing is ever written to them. Pure.
[[nodiscard]] std::vector<std::string> copies_of(const ShelfView& view, const DiscRow& disc);

// Whether it is an emulated disc that something was burned on. Pure.
[[nodiscard]] bool is_image(const DiscRow& disc);

class DiscPlaces {
  public:
    void add(Drive& drive) { drives_.push_back(&drive); }  // before any other call
    // Any thread. Reads the folders; heads of images only when they changed.
    [[nodiscard]] ShelfView look() const;
    [[nodiscard]] const std::vector<Drive*>& drives() const { return drives_; }
    [[nodiscard]] bool is_emulated(const std::string& drive) const;  // false: it is real, or not there

  private:
    std::vector<Drive*> drives_;
};

}  // namespace burnbox
