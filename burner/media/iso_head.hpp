// The first 64 KiB of an ISO 9660 session as far as burnbox looks into it itself: system area and volume
// descriptors. On emulated discs the newest session's head is copied to block 0, which is the one place that
// is ever overwritten. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "burner/drive/drive.hpp"

namespace burnbox {

inline constexpr std::uint64_t kHeadBytes = 32 * kSectorBytes;

struct IsoHead {
    std::string label;       // volume identifier, ECMA-119 8.4.7
    std::string volume_set;  // volume set identifier, 8.4.13: the disc's serial
    std::uint32_t size_blocks = 0;
};

// Nothing when there is no primary volume descriptor at block 16.
[[nodiscard]] std::optional<IsoHead> parse_iso_head(std::string_view head);
// The same of that block alone.
[[nodiscard]] std::optional<IsoHead> parse_primary_descriptor(std::string_view block);
[[nodiscard]] bool is_zero(std::string_view bytes);
// Whether the head at block 0 is a whole copy of the head of the session, up to the last volume descriptor:
// equal but for the volume's size, which counts from block 0 in the copy. A head that was torn while it was
// written is not.
[[nodiscard]] bool is_copy_of(std::string_view head_at_zero, std::string_view session_head);
// The copy for block 0 of the head of a disc session that begins at `start_lba`: its descriptors with the
// size from block 0 on, zeros behind them. Nothing when the session's head has no primary descriptor or no
// end.
[[nodiscard]] std::optional<std::string> copy_for_block_zero(std::string_view session_head,
                                                             std::uint32_t start_lba);
// Whether every 512 bytes of `head` are those of `before` or `after`, or zeros: a write of `after` over
// `before` was cut off. A shorter `before` stands for zeros behind it.
[[nodiscard]] bool is_torn_between(std::string_view head, std::string_view before, std::string_view after);

}  // namespace burnbox
