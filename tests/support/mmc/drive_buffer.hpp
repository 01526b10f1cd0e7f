// The drive's own buffer when it burns at a given speed: WRITE fills it, the laser empties it. It begins to
// burn when the buffer is half full; when the buffer runs dry before the cache is synced, that is an
// underrun: counted, and it waits for half a buffer again. Without a speed everything is done at once. Pure:
// time is what the caller says.
#pragma once

#include <cstdint>

namespace burnbox::mmc {

struct DriveBuffer {
    std::int64_t speed_bytes = 0;  // a second; 0 = no time passes
    std::int64_t capacity_bytes = 4 << 20;
    std::int64_t filled_bytes = 0;
    std::int64_t at_ns = 0;  // when filled_bytes was right
    bool burning = false;
    std::uint64_t underruns = 0;
    std::int64_t least_filled_bytes = INT64_MAX;  // while it burned

    [[nodiscard]] std::int64_t free_bytes() const { return capacity_bytes - filled_bytes; }
    void advance(std::int64_t now_ns);
    // Takes `bytes`; returns how long the drive makes the host wait for room.
    [[nodiscard]] std::int64_t take(std::int64_t bytes, std::int64_t now_ns);
    // Burns what is in it; returns how long that takes.
    [[nodiscard]] std::int64_t drain(std::int64_t now_ns);
};

}  // namespace burnbox::mmc
