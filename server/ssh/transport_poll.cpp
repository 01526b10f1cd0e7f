// The Transport without tricks: libssh reads and writes the socket itself. See transport.hpp.
#include <fcntl.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <unistd.h>

#include "server/ssh/transport.hpp"

namespace burnbox {
namespace {

constexpr unsigned kReadsPerPump = 256;  // of 4096 bytes; fairness between the thread's connections

bool is_readable(int socket) {
    pollfd fd{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&fd, 1, 0) == 1;
}

}  // namespace

struct Transport::Way {};

Transport::Transport(int socket, std::span<std::byte> /*receive_buffer*/)
    : socket_(socket), libssh_fd_(::fcntl(socket, F_DUPFD_CLOEXEC, 3)) {}
Transport::~Transport() = default;

// libssh reads what comes as soon as it polls.
bool Transport::leaves_first_bytes() {
    return false;
}

void Transport::on_client_hello(std::function<void(bool)> /*choose*/) {}
void Transport::stop_waiting_for_hello() {}

Transport::Progress Transport::pump() {
    for (unsigned i = 0; i < kReadsPerPump; ++i) {
        if (!is_readable(socket_)) return Progress::idle;
        ++received_;
        if (ssh_event_dopoll(event_, 0) == SSH_ERROR || broken()) return Progress::closed;
    }
    return Progress::more;
}

bool Transport::send() {
    if (has_unsent() && ssh_blocking_flush(session_, 0) == SSH_ERROR) return false;
    return !broken();
}

bool Transport::wants_input() const {
    return true;
}

// libssh asks for writability after every send, also when nothing is left: one more flush finds that out.
bool Transport::has_unsent() const {
    return (ssh_get_status(session_) & SSH_WRITE_PENDING) != 0;
}
bool Transport::has_room() const {
    return !has_unsent();
}

}  // namespace burnbox
