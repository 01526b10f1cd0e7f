// What the disc that is next in a pool can still take: what `df` over SFTP shows. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

struct PoolRoom {
    std::uint64_t total_bytes = 0;
    std::uint64_t free_bytes = 0;
    bool operator==(const PoolRoom&) const = default;
};

// What so many of the drives take on a blank disc, given what each of them takes (0 = unknown): the drive
// that gets the last of the copies. 0 = it can't be told, or there are fewer drives.
[[nodiscard]] std::uint64_t blank_bytes_for(std::vector<std::uint64_t> capacities, unsigned copies);

struct PoolDrive {
    std::string name;
    std::uint64_t blank_capacity_bytes = 0;  // 0 = unknown
    bool has_blanks = true;
};

// The roomiest open disc of each drive, else its next blank; of the drives the one that gets the last of the
// `copies`. Nothing when too few of them know.
[[nodiscard]] std::optional<PoolRoom> pool_room(const std::vector<DiscRow>& discs, const std::string& pool,
                                                const std::vector<PoolDrive>& drives, unsigned copies);

}  // namespace burnbox
