// What of a client's attributes is taken: permission bits without setuid and the like. Pure.
#pragma once

#include <cstdint>

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

}  // namespace burnbox::upload
