// Where the discs are now, asked of all emulated drives' shelves; what follows from it is in
// burner/rules/whereabouts.hpp.
#pragma once

#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "burner/rules/whereabouts.hpp"

namespace burnbox {

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
