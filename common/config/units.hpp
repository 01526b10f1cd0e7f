// Sizes, times and addresses as people write them in the configuration. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/config/config.hpp"

namespace burnbox {

inline constexpr std::string_view kSizeUnits = "bytes, or with KiB MiB GiB TiB kB MB GB TB";
inline constexpr std::string_view kTimeUnits = "a number with ms, s, m, h or d";

// "4096", "64 MiB", "50GB"; a space before the unit is optional. Nothing when it is none or doesn't fit 63
// bits.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

// "500ms", "30s", "15 m", "2h", "1d", "0".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// "127.0.0.1:2022", "[::]:22"; numeric addresses only.
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace burnbox
