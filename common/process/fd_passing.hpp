// Messages with descriptors over a SOCK_SEQPACKET socket (SCM_RIGHTS): what the server and its spawner say to
// each other. Only system calls that are safe between fork and exec; no throwing, no logging.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {

struct Packet {
    std::string bytes;  // empty = the other side is gone
    std::vector<UniqueFd> descriptors;
};

// One packet, whole or not at all. Errors: Errc::unreachable when the other side is gone.
[[nodiscard]] Status send_packet(int socket, std::string_view bytes, std::span<const int> descriptors);
// Waits for one packet of at most `most_bytes`; its descriptors are close-on-exec.
[[nodiscard]] Result<Packet> receive_packet(int socket, std::size_t most_bytes);

}  // namespace burnbox
