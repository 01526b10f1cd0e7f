// The Transport that feeds libssh from large reads. libssh has no interface for that: its own poll, recv and
// send calls are answered here, by functions of these names in the program, which the dynamic linker prefers
// to the C library's. They act only on the descriptor of the connection in use on this thread, and pass
// everything else on to the kernel. Measured on a 1 GiB upload: 0.55 to 0.72 of sshd's CPU, against 0.77 with
// libssh's own reads (10 times the system calls).
#include <fcntl.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "server/service/byte_buffer.hpp"
#include "server/ssh/client_hello.hpp"
#include "server/ssh/transport.hpp"

namespace burnbox {
namespace {

constexpr unsigned kReadsPerPump = 4;                       // fairness between the thread's connections
constexpr std::size_t kMostUnsent = std::size_t{1} << 20U;  // beyond, channel data waits
constexpr std::size_t kUnsentAtAll = std::size_t{4}
                                     << 20U;  // beyond, nothing is read: even refusals need room

}  // namespace

struct Transport::Way {
    std::span<std::byte> buffer;
    std::span<const std::byte> input;  // not yet read by libssh
    ByteBuffer output;                 // sent by libssh, not yet by us
    std::vector<std::byte> hello;      // held back until it is whole
    std::function<void(bool)> choose;

    bool decide(bool late);
    static Way* of(int fd) {
        const Transport* transport = in_use();
        return transport != nullptr ? transport->way_of(fd) : nullptr;
    }
};

Transport::Transport(int socket, std::span<std::byte> receive_buffer)
    : socket_(socket), libssh_fd_(::fcntl(socket, F_DUPFD_CLOEXEC, 3)), way_(std::make_unique<Way>()) {
    way_->buffer = receive_buffer;
}
Transport::~Transport() = default;

bool Transport::leaves_first_bytes() {
    return true;
}

void Transport::on_client_hello(std::function<void(bool)> choose) {
    way_->choose = std::move(choose);
}

// Hands libssh what came, 4096 bytes a turn, which is how it reads.
bool Transport::hand_over(std::span<const std::byte> data) {
    const Use use(*this);
    way_->input = data;
    while (!way_->input.empty()) {
        const std::size_t before = way_->input.size();
        if (ssh_event_dopoll(event_, 0) == SSH_ERROR || way_->input.size() == before || broken()) break;
    }
    const bool all = way_->input.empty() && !broken();
    way_->input = {};
    return all;
}

// Whether the client's hello can be passed on; tells which ciphers it knows.
bool Transport::Way::decide(bool late) {
    const ClientHello known = read_client_hello(hello);
    if (known == ClientHello::incomplete && !late) return false;
    const auto tell = std::exchange(choose, nullptr);
    tell(known == ClientHello::fast);
    return true;
}

Transport::Progress Transport::pump() {
    for (unsigned i = 0; i < kReadsPerPump; ++i) {
        if (!wants_input()) return Progress::idle;
        const ssize_t count = ::recv(socket_, way_->buffer.data(), way_->buffer.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Progress::idle;
        if (count <= 0) return Progress::closed;
        const auto data = std::span<const std::byte>(way_->buffer).first(static_cast<std::size_t>(count));
        received_ += data.size();
        if (way_->choose) {
            way_->hello.insert(way_->hello.end(), data.begin(), data.end());
            if (!way_->decide(false)) continue;
            const auto hello = std::exchange(way_->hello, {});
            if (!hand_over(hello)) return Progress::closed;
        } else if (!hand_over(data)) {
            return Progress::closed;
        }
        if (data.size() < way_->buffer.size()) return Progress::idle;
    }
    return Progress::more;
}

void Transport::stop_waiting_for_hello() {
    if (!way_->choose || !way_->decide(true)) return;
    const auto hello = std::exchange(way_->hello, {});
    (void)hand_over(hello);  // broken: the next pump says so
}

bool Transport::send() {
    while (!way_->output.empty()) {
        const auto bytes = way_->output.bytes();
        const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN;
        way_->output.consume(static_cast<std::size_t>(count));
    }
    return true;
}

bool Transport::wants_input() const {
    return way_->output.size() <= kUnsentAtAll;
}
bool Transport::has_unsent() const {
    return !way_->output.empty();
}
bool Transport::has_room() const {
    return way_->output.size() < kMostUnsent;
}
}  // namespace burnbox

// What libssh calls. Its input is exhausted when `input` is empty: then poll reports nothing, so that recv is
// never asked in vain (libssh takes EAGAIN for a broken connection). Its output is taken whole, always. Named
// by their assembler names: glibc's declarations carry attributes that are promises of its own functions.
extern "C" {

__attribute__((visibility("default"))) int feed_poll(struct pollfd* fds, nfds_t count,
                                                     int timeout_ms) __asm__("poll");
__attribute__((visibility("default"))) ssize_t feed_recv(int fd, void* buffer, size_t size,
                                                         int flags) __asm__("recv");
__attribute__((visibility("default"))) ssize_t feed_send(int fd, const void* data, size_t size,
                                                         int flags) __asm__("send");

int feed_poll(struct pollfd* fds, nfds_t count, int timeout_ms) {
    burnbox::Transport::Way* way = count == 1 ? burnbox::Transport::Way::of(fds[0].fd) : nullptr;
    if (way == nullptr) {
        struct timespec time{};
        time.tv_sec = timeout_ms / 1000;
        time.tv_nsec = static_cast<long>(timeout_ms % 1000) * 1'000'000;
        return static_cast<int>(
            syscall(SYS_ppoll, fds, count, timeout_ms < 0 ? nullptr : &time, nullptr, std::size_t{8}));
    }
    fds[0].revents = static_cast<short>(fds[0].events & (way->input.empty() ? POLLOUT : POLLIN | POLLOUT));
    return fds[0].revents != 0 ? 1 : 0;
}

ssize_t feed_recv(int fd, void* buffer, size_t size, int flags) {
    burnbox::Transport::Way* way = burnbox::Transport::Way::of(fd);
    if (way == nullptr) return syscall(SYS_recvfrom, fd, buffer, size, flags, nullptr, nullptr);
    const std::size_t count = std::min(size, way->input.size());
    if (count == 0) {
        errno = EAGAIN;
        return -1;
    }
    std::memcpy(buffer, way->input.data(), count);
    way->input = way->input.subspan(count);
    return static_cast<ssize_t>(count);
}

ssize_t feed_send(int fd, const void* data, size_t size, int flags) {
    burnbox::Transport::Way* way = burnbox::Transport::Way::of(fd);
    if (way == nullptr) return syscall(SYS_sendto, fd, data, size, flags, nullptr, 0);
    way->output.append(std::span(static_cast<const std::byte*>(data), size));
    return static_cast<ssize_t>(size);
}

}  // extern "C"
