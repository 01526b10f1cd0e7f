#include "burner/rules/whereabouts.hpp"

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
    if (sessions_used != 0) row.head_digest = "head of " + label, row.is_image = true;
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
}

TEST_CASE("disc places: an image is where a shelf shows it, and nowhere only when all shelves can be read") {
    ShelfView view = view_of({image("spare", "/spare/A", "A")});
    const auto where = [&](const char* label) { return where_is(disc(label), true, view, {}, "tray"); };
    CHECK(where("A") == Whereabouts::another_drive);
    CHECK(where_is(disc("A"), true, view, {}, "spare") == Whereabouts::here);
    CHECK(where("B") == Whereabouts::nowhere);
    view.complete = false;
    CHECK(where("B") == Whereabouts::unknown);
    CHECK(where("A") == Whereabouts::another_drive);
}

TEST_CASE("disc places: a real disc is where a drive has seen it, and nowhere only when all have looked") {
    const auto where = [&](const SeenInDrives& seen) { return where_is(disc("A"), false, {}, seen, "tray"); };
    CHECK(where({.here = true, .anywhere = true}) == Whereabouts::here);
    CHECK(where({.anywhere = true}) == Whereabouts::another_drive);
    CHECK(where({}) == Whereabouts::unknown);
    CHECK(where({.all_have_looked = true}) == Whereabouts::nowhere);
}

TEST_CASE("judge: the drive that has the disc judges the attempt, whoever began it") {
    for (const bool is_image : {true, false})
        for (const bool began_here : {true, false}) {
            CHECK(judge_of(Whereabouts::here, is_image, {began_here, true}) == Judge::this_drive);
            CHECK(judge_of(Whereabouts::another_drive, is_image, {began_here, true}) == Judge::another);
        }
}

TEST_CASE("judge: while a shelf can't be read the drive that began an attempt on an image waits for it") {
    CHECK(judge_of(Whereabouts::unknown, true, {.here = true, .configured = true}) == Judge::this_drive);
    CHECK(judge_of(Whereabouts::unknown, true, {.here = false, .configured = true}) == Judge::another);
}

TEST_CASE("judge: an attempt on an image that is gone is ended by the drive that began it, or by any") {
    CHECK(judge_of(Whereabouts::nowhere, true, {.here = true, .configured = true}) == Judge::nobody);
    CHECK(judge_of(Whereabouts::nowhere, true, {.here = false, .configured = true}) == Judge::another);
    CHECK(judge_of(Whereabouts::nowhere, true, {.here = false, .configured = false}) == Judge::nobody);
}

TEST_CASE(
    "judge: a real disc that is gone is waited for by the drive that began, while there is that drive") {
    for (const Whereabouts where : {Whereabouts::unknown, Whereabouts::nowhere}) {
        CHECK(judge_of(where, false, {.here = true, .configured = true}) == Judge::this_drive);
        CHECK(judge_of(where, false, {.here = false, .configured = true}) == Judge::another);
    }
    CHECK(judge_of(Whereabouts::nowhere, false, {.here = false, .configured = false}) == Judge::nobody);
    CHECK(judge_of(Whereabouts::unknown, false, {.here = false, .configured = false}) == Judge::another);
}

}  // namespace burnbox::test
