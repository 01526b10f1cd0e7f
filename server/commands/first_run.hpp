// What a person who started burnbox without a configuration is told: the line to try, and the block for
// ~/.ssh/config. Pure.
#pragma once

#include <string>

#include "common/config/config.hpp"

namespace burnbox {

struct FirstRun {
    std::string account;
    ListenAddress address;
    std::string host_key_line;         // "ssh-ed25519 AAAA..."
    std::string host_key_fingerprint;  // "SHA256:..."
    std::string notice;                // of default_config; may be empty
    std::string image_dir;             // where the emulated discs are; may be empty
    std::string identity_file;         // the private key that was made; empty: the person has own ones
};

[[nodiscard]] std::string first_run_text(const FirstRun& facts);

// "127.0.0.1:2022", "[::1]:2022".
[[nodiscard]] std::string to_text(const ListenAddress& address);

}  // namespace burnbox
