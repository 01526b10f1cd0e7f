// What is offered in the key exchange: no SHA-1, no NIST curves in the exchange, AEAD ciphers or
// encrypt-then-MAC; last of all, and taken by nobody who knows better, encrypt-and-MAC with SHA-2.
//
// No group above 14: whoever asks for it has the server do the work before anything is known of him, and that
// grows with the third power of the bits. Measured CPU of a whole exchange: curve25519 0.5 ms, group14 3.5
// ms, group16 17 ms, group18 120 ms.
#pragma once

namespace burnbox::algorithms {

inline constexpr const char* kKeyExchange =
    "curve25519-sha256,curve25519-sha256@libssh.org,diffie-hellman-group14-sha256";
inline constexpr const char* kHostKeys = "ssh-ed25519,rsa-sha2-512,rsa-sha2-256";
inline constexpr const char* kCiphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,"
    "aes256-ctr";
// Offered alone to a client that knows them, when the CPU has AES instructions: the client's order decides
// otherwise, and OpenSSH's first choice up to 9.8, chacha20, costs twice the CPU.
inline constexpr const char* kFastCiphers = "aes128-gcm@openssh.com,aes256-gcm@openssh.com";
// libssh2 before 1.11, which Debian 12's curl speaks with, has only the last two.
inline constexpr const char* kMacs =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";
inline constexpr const char* kCompression = "none,zlib@openssh.com";
// Of users. No certificates: libssh checks their signature but neither authority, validity nor principals.
inline constexpr const char* kUserKeys =
    "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256";
inline constexpr int kSmallestRsa = 2048;

}  // namespace burnbox::algorithms
