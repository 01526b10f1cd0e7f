// The Transport without tricks: libssh reads and writes the socket itself. See transport.hpp.
#ifndef BURNBOX_SSH_FEED
#include <fcntl.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <unistd.h>

#include "server/ssh/transport.hpp"

namespace burnbox {
namespace {

constexpr unsigned kReadsPerPump = 256;  // of 4096 bytes; fairness between the thread's connections

}  // namespace

struct Transport::State {
    int socket = -1;
    int libssh_fd = -1;
    ssh_session session = nullptr;
    ssh_event event = nullptr;
    std::uint64_t received = 0;

    [[nodiscard]] bool broken() const {
        return (ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
    }
    [[nodiscard]] bool readable() const {
        pollfd fd{.fd = socket, .events = POLLIN, .revents = 0};
        return ::poll(&fd, 1, 0) == 1;
    }
};

Transport::Transport(int socket, std::span<std::byte> /*receive_buffer*/)
    : state_(std::make_unique<State>()) {
    state_->socket = socket;
    state_->libssh_fd = ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
}
Transport::~Transport() = default;

int Transport::socket_for_libssh() const {
    return state_->libssh_fd;
}

void Transport::attach(ssh_session_struct* session, ssh_event_struct* event) {
    state_->session = session;
    state_->event = event;
}

void Transport::on_client_hello(std::function<void(bool)> /*choose*/) {}
void Transport::stop_waiting_for_hello() {}
Transport::Use::Use(Transport& /*transport*/) : previous_(nullptr) {}
Transport::Use::~Use() {
    (void)previous_;
}

Transport::Progress Transport::pump() {
    for (unsigned i = 0; i < kReadsPerPump; ++i) {
        if (!state_->readable()) return Progress::idle;
        ++state_->received;
        if (ssh_event_dopoll(state_->event, 0) == SSH_ERROR || state_->broken()) return Progress::closed;
    }
    return Progress::more;
}

bool Transport::send() {
    if (has_unsent() && ssh_blocking_flush(state_->session, 0) == SSH_ERROR) return false;
    return !state_->broken();
}

bool Transport::wants_input() const {
    return true;
}

// libssh asks for writability after every send, also when nothing is left: one more flush finds that out.
bool Transport::has_unsent() const {
    return (ssh_get_status(state_->session) & SSH_WRITE_PENDING) != 0;
}
bool Transport::has_room() const {
    return !has_unsent();
}
std::uint64_t Transport::received_bytes() const {
    return state_->received;
}

}  // namespace burnbox
#endif
