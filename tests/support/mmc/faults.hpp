// What is to go wrong, and when: at the Nth command of an opcode, or when a command touches a block. Plain
// data that lies in the drive's file, so that a test sets it from outside and processes that come later see
// what has happened. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/mmc/command.hpp"

namespace burnbox::mmc {

enum class FaultKind : std::uint8_t {
    none,
    sense,        // the command fails with `sense`; a failed WRITE damages its track
    host_error,   // no answer, and the command was not carried out
    hang,         // the command never returns
    gone,         // the device is not there any more
    power_cut,    // the machine is off: the process dies, at most `amount` unsynced blocks are lost
    pull_medium,  // the disc is taken out: tray open
    swap_medium,  // the disc is taken out and the one in `DriveState::other_disc` put in
    attention,    // 6/28/00 once: "the medium may have changed"
    not_ready,    // the next `amount` commands that need the medium get "becoming ready"
    open_busy,    // open() of the device fails with EBUSY
    flip_bit,     // a WRITE is called good, and bit 0 of its byte `amount` (modulo) is wrong on the disc
};

struct Fault {
    static constexpr int kAnyOpcode = -1;
    static constexpr std::int32_t kAnyBlock = INT32_MIN;

    FaultKind kind = FaultKind::none;
    Sense sense{};
    int opcode = kAnyOpcode;
    std::int32_t block = kAnyBlock;  // the command reads or writes it
    std::uint32_t skip = 0;          // so many matching commands pass first
    std::uint32_t times = 1;         // then so many are hit; 0 = it is spent
    std::int32_t amount = 0;
};

using Faults = std::array<Fault, 16>;

// The fault that hits this command, counted off. kind none: nothing.
[[nodiscard]] Fault take_fault(Faults& faults, const Command& command);
[[nodiscard]] bool touches(const Command& command, std::int32_t block);

}  // namespace burnbox::mmc
