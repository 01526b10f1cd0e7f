// What a kind of disc can take: capacity, how many disc sessions, and the blocks lost between them. An
// emulated disc is held to these numbers; on a real drive what the drive reports wins. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace burnbox {

struct MediumProfile {
    std::string_view name;  // "dvd+r"
    std::uint64_t capacity_bytes;
    unsigned session_limit;
    std::uint32_t first_gap_blocks;  // between the first disc session and the second
    std::uint32_t gap_blocks;        // between any two later ones
};

// Where the first disc session of an image begins: the blocks before it hold the newest session's head.
inline constexpr std::uint32_t kImageHeadBlocks = 32;

// nullptr = no such medium.
[[nodiscard]] const MediumProfile* find_medium_profile(std::string_view name);
// "cd-r, dvd-r, ..." for messages.
[[nodiscard]] std::string medium_names();
// Our name for an MMC profile number (MMC-6 table 92); empty for media nothing can be burned on.
[[nodiscard]] std::string_view medium_name_of_mmc_profile(int profile, std::uint64_t capacity_bytes);

// What "1x" means on that kind of medium, in kB/s.
[[nodiscard]] double base_speed_kb(int mmc_profile);

// Blocks lost to the gaps of a disc with this many disc sessions.
[[nodiscard]] std::uint64_t gap_blocks(const MediumProfile& profile, unsigned sessions);
// Blocks that one more disc session may take on an emulated disc; `next_lba` is where it would begin.
[[nodiscard]] std::uint64_t free_blocks(const MediumProfile& profile, unsigned sessions_used,
                                        std::uint32_t next_lba);

}  // namespace burnbox
