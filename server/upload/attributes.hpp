// What of a client's attributes is taken: permission bits without setuid and the like, times that a disc can
// hold. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/clock.hpp"

namespace burnbox::upload {

// The server must be able to read what it is to burn, and to work in folders.
[[nodiscard]] constexpr std::uint32_t file_mode(std::uint32_t mode) {
    return (mode & 0777U) | 0400U;
}
[[nodiscard]] constexpr std::uint32_t folder_mode(std::uint32_t mode) {
    return (mode & 0777U) | 0500U;
}
// A session's top folder gets burnbox's texts too.
[[nodiscard]] constexpr std::uint32_t session_mode(std::uint32_t mode) {
    return (mode & 0777U) | 0700U;
}

// SFTP v3 knows 1970 to 2106 (32 bits), and so does ISO 9660 (1900 to 2155).
[[nodiscard]] inline Timestamp clamp_time(Timestamp time) {
    return std::clamp(time, Timestamp{}, Timestamp{std::chrono::seconds{UINT32_MAX}});
}

}  // namespace burnbox::upload
