#include "burner/discs/shelf_watch.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;

namespace {

using Names = std::vector<std::string>;

// A folder of files; what it shows has no head.
struct Shelf {
    test::TempFolder folder;
    std::vector<ShelfDisc> discs;
    ShelfWatch watch;

    void write(const std::string& label, std::size_t size) {
        std::ofstream(folder / label) << std::string(size, 'x');
        for (const ShelfDisc& disc : discs)
            if (disc.label == label) return;
        discs.push_back({label, "serial of " + label, folder / label, "head"});
    }
    // The labels of those that came.
    std::optional<Names> look() {
        const auto came = watch.look(discs);
        if (!came) return std::nullopt;
        Names names;
        for (const ShelfDisc& disc : *came) names.push_back(disc.label);
        return names;
    }
};

}  // namespace

TEST_CASE("shelf watch: an image that comes is told of once it is not being copied any more") {
    Shelf shelf;
    shelf.write("A", 10);
    CHECK(shelf.look() == std::nullopt);
    CHECK(shelf.look() == std::nullopt);
    shelf.write("B", 1);
    CHECK(shelf.look() == std::nullopt);
    shelf.write("B", 2);
    CHECK(shelf.look() == std::nullopt);
    CHECK(shelf.look() == Names{"B"});
    CHECK(shelf.look() == std::nullopt);
}

TEST_CASE("shelf watch: one that is replaced, and one that goes") {
    Shelf shelf;
    shelf.write("A", 10);
    shelf.write("B", 2);
    CHECK(shelf.look() == std::nullopt);
    shelf.write("A", 11);
    CHECK(shelf.look() == std::nullopt);
    CHECK(shelf.look() == Names{"A"});
    shelf.discs.pop_back();
    CHECK(shelf.look() == std::nullopt);
    CHECK(shelf.look() == Names{});
    CHECK(shelf.look() == std::nullopt);
}

TEST_CASE("shelf watch: a shelf that was away is new as a whole") {
    Shelf shelf;
    shelf.write("A", 10);
    SUBCASE("from the start") {}
    SUBCASE("later") {
        CHECK(shelf.look() == std::nullopt);
    }
    shelf.watch.away();
    CHECK(shelf.look() == std::nullopt);
    CHECK(shelf.look() == Names{"A"});
}
