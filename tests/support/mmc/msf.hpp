// Minute, second and frame of a CD's block: 75 frames a second, block 0 at 00:02:00 (MMC-5 4.2.3). Pure.
#pragma once

#include <cstdint>

#include "tests/support/mmc/command.hpp"

namespace burnbox::mmc {

struct Msf {
    static constexpr std::int32_t kFirstBlock = 150;
    std::uint8_t minute = 0, second = 0, frame = 0;
    [[nodiscard]] static Msf of(std::int32_t lba) {
        const std::int32_t frames = lba + kFirstBlock;
        return {static_cast<std::uint8_t>(frames / 75 / 60), static_cast<std::uint8_t>(frames / 75 % 60),
                static_cast<std::uint8_t>(frames % 75)};
    }
    [[nodiscard]] std::int32_t lba() const { return (minute * 60 + second) * 75 + frame - kFirstBlock; }
    void add_to(Bytes& bytes) const { bytes.u8(minute).u8(second).u8(frame); }
};

}  // namespace burnbox::mmc
