#include "burner/media/medium_profile.hpp"

#include <doctest/doctest.h>

#include "burner/drive/drive.hpp"

using namespace burnbox;

TEST_CASE("medium profile: capacities and session limits are the contract's") {
    struct Row {
        const char* name;
        std::uint64_t bytes;
        unsigned sessions;
    };
    const Row rows[] = {{"cd-r", 736'966'656, 99},     {"dvd-r", 4'707'319'808, 99},
                        {"dvd+r", 4'700'372'992, 153}, {"dvd+r-dl", 8'547'991'552, 127},
                        {"bd-r", 25'025'314'816, 300}, {"bd-r-dl", 50'050'629'632, 300}};
    for (const Row& row : rows) {
        const MediumProfile* profile = find_medium_profile(row.name);
        REQUIRE(profile != nullptr);
        CHECK(profile->capacity_bytes == row.bytes);
        CHECK(profile->session_limit == row.sessions);
        CHECK(profile->capacity_bytes % kSectorBytes == 0);
    }
    CHECK(find_medium_profile("floppy") == nullptr);
}

TEST_CASE("medium profile: gaps lie between disc sessions only") {
    const MediumProfile& cd = *find_medium_profile("cd-r");
    CHECK(gap_blocks(cd, 0) == 0);
    CHECK(gap_blocks(cd, 1) == 0);
    CHECK(gap_blocks(cd, 2) == 11'400);
    CHECK(gap_blocks(cd, 4) == 11'400 + 2 * 6'900);
    CHECK(gap_blocks(*find_medium_profile("dvd-r"), 3) == 28'672 + 6'144);
    CHECK(gap_blocks(*find_medium_profile("dvd+r"), 3) == 2 * 2'048);
    CHECK(gap_blocks(*find_medium_profile("bd-r"), 300) == 0);
}

TEST_CASE("medium profile: free blocks never go below none") {
    const MediumProfile& dvd = *find_medium_profile("dvd+r");
    const std::uint64_t blocks = dvd.capacity_bytes / kSectorBytes;
    CHECK(free_blocks(dvd, 0, 0) == blocks - kImageHeadBlocks);
    CHECK(free_blocks(dvd, 1, 96) == blocks - 96 - 2'048);
    CHECK(free_blocks(dvd, 1, static_cast<std::uint32_t>(blocks)) == 0);
    CHECK(free_blocks(dvd, 153, 96) == 0);
}

TEST_CASE("medium profile: what a drive calls its medium has a name, what is no optical disc has none") {
    CHECK(medium_name_of_mmc_profile(0x1b, 0) == "dvd+r");
    CHECK(medium_name_of_mmc_profile(0x41, 25'025'314'816) == "bd-r");
    CHECK(medium_name_of_mmc_profile(0x41, 50'050'629'632) == "bd-r-dl");
    CHECK(medium_name_of_mmc_profile(0x42, 0) == "bd-r-pow");
    CHECK(medium_name_of_mmc_profile(0x10, 0).empty());
    CHECK(medium_name_of_mmc_profile(0, 0).empty());
}
