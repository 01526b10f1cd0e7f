// MmcModel: a strict burner with at most one disc, as a function: state + command -> reply and new state. It
// rejects what a drive rejects (MMC-5): a write that is not at the next writable address, anything on a
// closed disc, commands while it is busy. No I/O but through BlockStore, no clock but the command's. Threads:
// one.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "tests/support/mmc/disc_state.hpp"
#include "tests/support/mmc/drive_state.hpp"

namespace burnbox::mmc {

inline constexpr std::size_t kBlockBytes = 2048;

// The blocks of the disc that is in.
class BlockStore {
  public:
    virtual ~BlockStore() = default;
    virtual void read(std::int32_t lba, std::span<std::uint8_t> into) = 0;
    virtual void write(std::int32_t lba, std::span<const std::byte> blocks) = 0;
};

class MmcModel {
  public:
    DriveState drive;
    std::optional<DiscState> disc;  // none: nothing is in the tray
    BlockStore* blocks = nullptr;   // set while there is a disc

    // `change_disc` is asked to put drive.other_disc in (and to set `disc` and `blocks`) for swap_medium.
    std::function<void()> change_disc = [] {};

    [[nodiscard]] Reply run(const Command& command);

  private:
    [[nodiscard]] std::optional<Reply> apply_fault(const Fault& fault, const Command& command);
    void flip_bit(std::int32_t at, const Command& command);
    [[nodiscard]] Sense readiness(const Command& command);
};

using Handler = Reply (*)(MmcModel&, const Command&);

// One group of commands each; null = not one of them.
[[nodiscard]] Handler drive_command(std::uint8_t opcode);
[[nodiscard]] Handler mode_command(std::uint8_t opcode);
[[nodiscard]] Handler disc_command(std::uint8_t opcode);
[[nodiscard]] Handler read_command(std::uint8_t opcode);
[[nodiscard]] Handler write_command(std::uint8_t opcode);
[[nodiscard]] Handler close_command(std::uint8_t opcode);

}  // namespace burnbox::mmc
