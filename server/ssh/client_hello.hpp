// What a client says before encryption: its identification line and its KEXINIT (RFC 4253 4.2, 6, 7.1). Pure.
// Read by the server only to see which ciphers the client knows; libssh reads the same bytes again and judges
// them.
#pragma once

#include <cstddef>
#include <span>

namespace burnbox {

enum class ClientHello {
    incomplete,  // more bytes are needed
    other,       // malformed, or a client without AES-GCM
    fast,        // knows aes128-gcm@openssh.com in both directions
};

inline constexpr std::size_t kLongestHello = 40'000;

[[nodiscard]] ClientHello read_client_hello(std::span<const std::byte> bytes);

}  // namespace burnbox
