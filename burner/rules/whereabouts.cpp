#include "burner/rules/whereabouts.hpp"

#include <algorithm>

namespace burnbox {
namespace {

auto with_serial(const ShelfView& view, std::string_view serial) {
    return std::ranges::equal_range(view.images, serial, {}, [](const ShelfView::Image& image) {
        return std::string_view(image.disc.serial);
    });
}

// The better one has more of these; 0 = it is another disc.
int fitness(const ShelfDisc& image, const DiscRow& disc, HeadNoted head) {
    const bool in_its_place = image.location == disc.location;
    if (image.serial.empty()) {
        const bool blank = disc.sessions_used == 0 && image.label == disc.label;
        const bool lost_its_head = disc.sessions_used != 0 && in_its_place;
        return blank || lost_its_head ? 1 + (in_its_place ? 1 : 0) : 0;
    }
    if (image.serial != disc.serial) return 0;
    const bool as_known =
        head == HeadNoted::newest && !disc.head_digest.empty() && image.head_digest == disc.head_digest;
    return 3 + (as_known ? 2 : 0) + (in_its_place ? 1 : 0);
}

}  // namespace

const ShelfView::Image* place_of(const ShelfView& view, const DiscRow& disc, HeadNoted head) {
    const ShelfView::Image* best = nullptr;
    int best_fitness = 0;
    for (const std::string_view serial : {std::string_view(disc.serial), std::string_view()}) {
        for (const ShelfView::Image& image : with_serial(view, serial)) {
            const int fits = fitness(image.disc, disc, head);
            if (fits > best_fitness) best = &image, best_fitness = fits;
        }
    }
    return best;
}

std::vector<std::string> copies_of(const ShelfView& view, const DiscRow& disc) {
    const ShelfView::Image* const own = place_of(view, disc);
    std::vector<std::string> copies;
    for (const ShelfView::Image& image : with_serial(view, disc.serial))
        if (&image != own) copies.push_back(image.disc.location);
    return copies;
}

Whereabouts where_is(const DiscRow& disc, bool image, const ShelfView& view, const SeenInDrives& seen,
                     const std::string& drive, HeadNoted head) {
    if (const ShelfView::Image* const found = place_of(view, disc, head))
        return found->drive == drive ? Whereabouts::here : Whereabouts::another_drive;
    if (image) return view.complete ? Whereabouts::nowhere : Whereabouts::unknown;
    if (seen.here) return Whereabouts::here;
    if (seen.anywhere) return Whereabouts::another_drive;
    return seen.all_have_looked ? Whereabouts::nowhere : Whereabouts::unknown;
}

Judge judge_of(Whereabouts where, bool image, AttemptBegan began) {
    switch (where) {
        case Whereabouts::here:
            return Judge::this_drive;
        case Whereabouts::another_drive:
            return Judge::another;
        case Whereabouts::unknown:
            return began.here && (image || began.configured) ? Judge::this_drive : Judge::another;
        case Whereabouts::nowhere:
            if (image) return began.here || !began.configured ? Judge::nobody : Judge::another;
            if (began.configured) return began.here ? Judge::this_drive : Judge::another;
            return Judge::nobody;
    }
    return Judge::another;
}

}  // namespace burnbox
