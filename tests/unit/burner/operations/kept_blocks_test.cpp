#include "burner/operations/kept_blocks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

void use(KeptBlocks& kept, std::size_t size_bytes) {
    REQUIRE(kept.bytes().size() == size_bytes);
    std::ranges::fill(kept.bytes(), std::byte{7});
    CHECK(kept.bytes().front() == std::byte{7});
    CHECK(kept.bytes().back() == std::byte{7});
}

}  // namespace

TEST_CASE("kept blocks: few are in memory, and nobody is asked for room") {
    auto kept = KeptBlocks::make(10'000, "/nowhere", 10'000);
    REQUIRE(kept);
    use(*kept, 10'000);
    KeptBlocks moved = std::move(*kept);
    use(moved, 10'000);
    REQUIRE(KeptBlocks::make(0, "/nowhere", 0));
}

TEST_CASE("kept blocks: many are in a file that has no name") {
    const TempFolder temp;
    auto kept = KeptBlocks::make(10'001, temp.path(), 10'000);
    REQUIRE(kept);
    use(*kept, 10'001);
    CHECK(std::filesystem::is_empty(temp.path()));
}

TEST_CASE("kept blocks: a folder that is gone, and room that is not there, are errors") {
    const TempFolder temp;
    CHECK_FALSE(KeptBlocks::make(10'001, temp / "none", 10'000));
    const auto huge = KeptBlocks::make(std::size_t{1} << 62U, temp.path(), 0);
    REQUIRE_FALSE(huge);
}
