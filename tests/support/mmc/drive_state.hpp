// A test drive without its disc: tray, readiness, mode page 5, speed, and what is to go wrong. Plain data, so
// that it can lie in a mapped file. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/mmc/drive_buffer.hpp"
#include "tests/support/mmc/faults.hpp"

namespace burnbox::mmc {

struct DriveState {
    std::array<char, 1024> disc{};        // host path of the disc in it; "" = none
    std::array<char, 1024> other_disc{};  // what FaultKind::swap_medium puts in
    bool tray_open = false;
    bool locked = false;
    bool attention = false;          // the medium may have changed: said once
    std::uint32_t not_ready = 0;     // so many commands still get "becoming ready"
    std::uint32_t busy_writing = 0;  // so many still get "long write in progress"
    std::array<std::uint8_t, 52> mode_page_5{};
    bool mode_page_5_set = false;  // since the disc was put in
    bool gone = false;
    std::uint32_t power_cuts = 0;  // since TestBurner::power_on()
    DriveBuffer buffer;
    std::uint32_t speed_limit_kb = 0;  // asked for by the host; 0 = as fast as it goes
    std::uint64_t commands = 0;
    Faults faults{};

    void put_in(bool has_disc) {
        tray_open = false;
        attention = has_disc;
        mode_page_5_set = false;
        mode_page_5 = {};
        busy_writing = 0;
        buffer.filled_bytes = 0;
        buffer.burning = false;
    }
};

}  // namespace burnbox::mmc
