// The device that an operation works on.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

struct Device {
    std::string path;              // "/dev/sr0", or the image file of an emulated disc
    std::string medium;            // what an emulated disc plays: "dvd+r"; empty = a real drive
    bool write_once_only = false;  // refuse rewritable discs
    double speed = 0;              // of burning, in "x" of the medium; 0 = as fast as it goes
    [[nodiscard]] bool emulated() const { return !medium.empty(); }
};

// What a real drive holds, asked of the kernel without touching the medium: a tray that was opened stays
// open.
enum class Presence : std::uint8_t { unknown, no_disc, tray_open, disc };
struct Look {
    Presence presence = Presence::unknown;
    bool changed = false;  // the kernel noticed another medium since the last look
};
[[nodiscard]] Result<Look> look_at(const Device& device);

// The tray of a real drive is open: somebody is at it, and only load_disc() closes it.
[[nodiscard]] bool tray_is_open(const Device& device);

}  // namespace burnbox
