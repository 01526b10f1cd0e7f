#include "burner/discs/shelf_watch.hpp"

#include <algorithm>
#include <utility>

namespace burnbox {

bool ShelfWatch::Image::is_as(const Image& other) const {
    return disc.location == other.disc.location && disc.serial == other.disc.serial &&
           disc.head_digest == other.disc.head_digest && info.st_dev == other.info.st_dev &&
           info.st_ino == other.info.st_ino && info.st_size == other.info.st_size &&
           info.st_ctim.tv_sec == other.info.st_ctim.tv_sec &&
           info.st_ctim.tv_nsec == other.info.st_ctim.tv_nsec;
}

bool ShelfWatch::are_same(const Images& a, const Images& b) {
    return std::ranges::equal(a, b, [](const Image& one, const Image& other) { return one.is_as(other); });
}

std::optional<std::vector<ShelfDisc>> ShelfWatch::look(const std::vector<ShelfDisc>& shelf) {
    Images now;
    for (const ShelfDisc& disc : shelf) {
        Image& image = now.emplace_back(disc);
        if (::lstat(disc.location.c_str(), &image.info) != 0) image.info = {};
    }
    const bool at_rest = !began_ || are_same(now, before_);
    before_ = std::move(now);
    if (!std::exchange(began_, true)) settled_ = before_;
    if (!at_rest || are_same(before_, settled_)) return std::nullopt;
    std::vector<ShelfDisc> came;
    for (const Image& image : before_)
        if (std::ranges::none_of(settled_, [&](const Image& known) { return image.is_as(known); }))
            came.push_back(image.disc);
    settled_ = before_;
    return came;
}

void ShelfWatch::away() {
    began_ = true;
    settled_.clear();
    before_.clear();
}

}  // namespace burnbox
