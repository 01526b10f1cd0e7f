#include "burner/rules/pool_room.hpp"

#include <algorithm>
#include <limits>

namespace burnbox {
namespace {

constexpr auto kAnySize = std::numeric_limits<std::uint64_t>::max();  // of a drive that does not know

std::optional<PoolRoom> drive_room(const std::vector<DiscRow>& discs, const std::string& pool,
                                   const PoolDrive& drive) {
    std::optional<PoolRoom> best;
    for (const DiscRow& disc : discs) {
        const bool takes_more = disc.state == DiscState::open && disc.drive == drive.name &&
                                disc.pool == pool && disc.sessions_left > 0 && !disc.missing_since;
        if (takes_more && (!best || disc.free_bytes > best->free_bytes))
            best = PoolRoom{std::max(disc.capacity_bytes, disc.free_bytes), disc.free_bytes};
    }
    if (best) return best;
    if (!drive.has_blanks) return PoolRoom{};
    if (drive.blank_capacity_bytes == 0) return std::nullopt;
    return PoolRoom{drive.blank_capacity_bytes, drive.blank_capacity_bytes};
}

}  // namespace

std::uint64_t blank_bytes_for(std::vector<std::uint64_t> capacities, unsigned copies) {
    if (copies == 0 || capacities.size() < copies) return 0;
    std::ranges::replace(capacities, std::uint64_t{0}, kAnySize);
    std::ranges::sort(capacities, std::ranges::greater{});
    return capacities[copies - 1] == kAnySize ? 0 : capacities[copies - 1];
}

std::optional<PoolRoom> pool_room(const std::vector<DiscRow>& discs, const std::string& pool,
                                  const std::vector<PoolDrive>& drives, unsigned copies) {
    std::vector<PoolRoom> rooms;
    for (const PoolDrive& drive : drives)
        if (const auto room = drive_room(discs, pool, drive)) rooms.push_back(*room);
    if (copies == 0 || rooms.size() < copies) return std::nullopt;
    std::ranges::stable_sort(rooms, std::ranges::greater{}, &PoolRoom::free_bytes);
    return rooms[copies - 1];
}

}  // namespace burnbox
