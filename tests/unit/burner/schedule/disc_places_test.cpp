#include "burner/schedule/disc_places.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace burnbox::test {
namespace {

ShelfView view_of(std::vector<ShelfView::Image> images) {
    std::ranges::stable_sort(images, {}, [](const auto& image) { return image.disc.serial; });
    return {std::move(images), true};
}

DiscRow disc(const std::string& label, unsigned sessions_used = 1) {
    DiscRow row;
    row.label = label, row.serial = "serial of " + label, row.sessions_used = sessions_used;
    row.drive = "tray", row.location = "/tray/" + label + ".iso";
    if (sessions_used != 0) row.head_digest = "head of " + label;
    return row;
}

ShelfView::Image image(const std::string& drive, const std::string& path, const std::string& label,
                       const std::string& head = "") {
    return {drive, {label, "serial of " + label, path, head.empty() ? "head of " + label : head}};
}

std::string place(const ShelfView& view, const DiscRow& row) {
    const auto* found = place_of(view, row);
    return found == nullptr ? "" : found->drive + " " + found->disc.location;
}

}  // namespace

TEST_CASE("disc places: a disc is where its serial is, whatever drive and name") {
    const ShelfView view =
        view_of({image("spare", "/spare/renamed", "A"), image("tray", "/tray/A.iso", "B")});
    CHECK(place(view, disc("A")) == "spare /spare/renamed");
    CHECK(place(view, disc("B")) == "tray /tray/A.iso");
    CHECK(place(view, disc("C")).empty());
}

TEST_CASE(
    "disc places: of copies the one that is as the catalogue knows it counts, then the one in its place") {
    ShelfView view =
        view_of({image("spare", "/spare/A.iso", "A"), image("tray", "/tray/A.iso", "A", "older")});
    CHECK(place(view, disc("A")) == "spare /spare/A.iso");
    CHECK(copies_of(view, disc("A")) == std::vector<std::string>{"/tray/A.iso"});
    view = view_of({image("spare", "/spare/A.iso", "A"), image("tray", "/tray/A.iso", "A")});
    CHECK(place(view, disc("A")) == "tray /tray/A.iso");
    CHECK(copies_of(view, disc("A")) == std::vector<std::string>{"/spare/A.iso"});
    CHECK(copies_of(view, disc("B")).empty());
}

TEST_CASE("disc places: a blank disc is known by its label, one that lost its head by its place") {
    const ShelfView view =
        view_of({{"tray", {"A", "", "/tray/A.iso", ""}}, {"tray", {"B", "", "/tray/B.iso", "zeros"}}});
    CHECK(place(view, disc("A", 0)) == "tray /tray/A.iso");
    CHECK(place(view, disc("B")) == "tray /tray/B.iso");
    DiscRow elsewhere = disc("B");
    elsewhere.location = "/spare/B.iso";
    CHECK(place(view, elsewhere).empty());
    CHECK(is_image(disc("B")));
    CHECK_FALSE(is_image(disc("A", 0)));
}

}  // namespace burnbox::test
