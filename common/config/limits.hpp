// What one client, or all of them together, may take (`limits:`), and which part of the server sees to it.
// Who is refused is told the key's name.
#pragma once

#include <chrono>
#include <cstdint>

namespace burnbox {

struct Limits {
    // server/net/admission
    unsigned connections = 1000;
    unsigned per_address = 100;
    unsigned unauthenticated = 100;
    unsigned key_exchanges = 10;  // a second, from one address, that no login follows; more wait
    // server/net/connection
    std::chrono::milliseconds login_grace{30'000};
    std::chrono::milliseconds idle{900'000};
    // server/ssh/ssh_session
    unsigned auth_tries = 6;
    unsigned channels = 10;
    // server/ssh/channel
    std::uint64_t window_bytes = 32ULL << 20U;
    // server/sftp/handles
    unsigned handles = 256;
    // server/sessions/session_registry
    unsigned sessions = 1000;    // open ones of an account
    unsigned files = 1'000'000;  // in them
    bool operator==(const Limits&) const = default;
};

}  // namespace burnbox
