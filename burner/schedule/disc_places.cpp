#include "burner/schedule/disc_places.hpp"

#include <algorithm>
#include <utility>

namespace burnbox {

bool DiscPlaces::is_emulated(const std::string& drive) const {
    return std::ranges::any_of(drives_,
                               [&](const Drive* one) { return one->name() == drive && one->emulated(); });
}

ShelfView DiscPlaces::look() const {
    ShelfView view;
    for (Drive* const drive : drives_) {
        auto shelf = drive->shelf();
        if (!shelf) {
            if (std::exchange(view.complete, false)) view.away = std::move(shelf).error();
            continue;
        }
        for (ShelfDisc& disc : *shelf) view.images.push_back({drive->name(), std::move(disc)});
    }
    std::ranges::stable_sort(view.images, {}, [](const ShelfView::Image& image) -> const std::string& {
        return image.disc.serial;
    });
    return view;
}

}  // namespace burnbox
