#include "server/net/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "common/base/log.hpp"
#include "server/ssh/identification.hpp"
#include "server/ssh/transport.hpp"

namespace burnbox {
namespace {

using Socket = boost::asio::ip::tcp::socket;
constexpr std::chrono::milliseconds kHelloPatience{200};
constexpr unsigned kTurnsPerDrive = 4;  // fairness between the thread's connections
// Clients open the next file at once; one that was silent for so long has nothing more to send.
constexpr std::chrono::milliseconds kQuiet{1000}, kLookAgain{100};
constexpr const char* kStopping = "the server is stopping";

// Who vanishes without a word (a laptop that sleeps, a network that is gone) is noticed after two minutes,
// not after limits.idle, which a `burn --wait` never reaches. It also keeps the addresses' translators on the
// way from forgetting a client that waits for hours. Best effort.
void watch_for_vanished(int socket) {
    const auto set = [socket](int level, int option, int value) {
        (void)::setsockopt(socket, level, option, &value, sizeof value);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
    set(IPPROTO_TCP, TCP_KEEPCNT, 4);
}

// The other side sends no more: nobody is there to answer, before a login.
bool has_hung_up(int socket) {
    pollfd fd{.fd = socket, .events = POLLRDHUP, .revents = 0};
    return ::poll(&fd, 1, 0) == 1;
}

// So many bytes, or an end, are there before the socket counts as readable.
void wake_at(int socket, int bytes) {
    (void)::setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

}  // namespace

Connection::Connection(const SshServices& services, const ThreadParts& parts, Socket socket, std::string peer,
                       Admission::Admitted admitted, std::function<void(Connection*)> gone)
    : services_(services),
      limits_(limits_of(services.config)),
      parts_(parts),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      peer_(std::move(peer)),
      admitted_(std::move(admitted)),
      gone_(std::move(gone)),
      began_(std::chrono::steady_clock::now()),
      active_(began_) {}

// An address that failed to log in waits before it hears a word.
void Connection::start() {
    if (admitted_.delay > std::chrono::milliseconds::zero())
        set_timer(admitted_.delay, &Connection::begin);
    else
        begin();
}

void Connection::begin() {
    began_ = active_ = std::chrono::steady_clock::now();
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    watch_for_vanished(socket_.native_handle());
    const std::weak_ptr<Connection> weak = weak_from_this();
    SshSession::Events events;
    events.post = [mailbox = parts_.mailbox, weak](std::function<void()> function) {
        mailbox->post([weak, function = std::move(function)] {
            const auto self = weak.lock();
            if (!self || self->closed_) return;
            function();
            self->drive(false);
        });
    };
    events.logged_in = [this] { admitted_.place->logged_in(); };
    events.login_failed = [this] { admitted_.place->login_failed(); };
    session_ =
        std::make_unique<SshSession>(services_, parts_.services, socket_.native_handle(),
                                     parts_.receive_buffer, socket_.get_executor(), peer_, std::move(events));
    if (draining_) return close(kStopping);
    if (const Status started = session_->start(); !started) return close(started.error().message);
    set_timer(limits_.login_grace, &Connection::tick);
    drive(true);
}

// Whether the client's bytes may go to libssh: it says that it is an SSH client, is still there, and it is
// its turn for a key exchange, which costs the server more than it costs whoever asks for one. Until then
// nothing is read.
bool Connection::come_in() {
    if (inside_) return true;
    if (!Transport::leaves_first_bytes()) {
        let_in();
        return true;
    }
    std::array<char, kLongestIdentification> first{};
    const int fd = socket_.native_handle();
    const ssize_t count = ::recv(fd, first.data(), first.size(), MSG_PEEK | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count <= 0 || has_hung_up(fd)) {
        close({});
        return false;
    }
    switch (read_identification({first.data(), static_cast<std::size_t>(count)})) {
        case Identification::incomplete:
            wake_at(fd, static_cast<int>(count) + 1);
            return false;
        case Identification::ssh1:
            refuse("a client of SSH protocol 1", "Protocol major versions differ.\r\n");
            return false;
        case Identification::other:
            refuse("no SSH client", "Invalid SSH identification string.\r\n");
            return false;
        case Identification::ssh2:
            break;
    }
    const std::string_view seen(first.data(), static_cast<std::size_t>(count));
    const bool asked = seen.find('\n') + 1 < seen.size();  // its first packet comes
    wake_at(fd, asked ? 1 : static_cast<int>(count) + 1);
    const auto turn = admitted_.place->begin_key_exchange(asked);
    if (turn > std::chrono::milliseconds::zero()) {
        waits_for_turn_ = asked;
        set_timer(asked ? turn : std::max(turn, kHelloPatience), &Connection::knock);
        return false;
    }
    wake_at(fd, 1);
    let_in();
    return true;
}

void Connection::let_in() {
    inside_ = true;
    waits_for_turn_ = false;
    set_timer(std::min(kHelloPatience, limits_.login_grace), &Connection::tick);
}

// Its turn may have come.
void Connection::knock() {
    if (std::chrono::steady_clock::now() - began_ >= limits_.login_grace) return tick();
    drive(true);
}

void Connection::refuse(const char* reason, std::string_view line) {
    log::info("connection refused", log::kv("peer", peer_), log::kv("reason", reason));
    boost::system::error_code ignored;
    socket_.send(boost::asio::buffer(line.data(), line.size()), 0, ignored);
    close({});
}

void Connection::set_timer(std::chrono::milliseconds delay, void (Connection::*then)()) {
    timer_.expires_after(delay);
    timer_.async_wait([self = shared_from_this(), then](const boost::system::error_code& error) {
        if (!error && !self->closed_) (self.get()->*then)();
    });
}

void Connection::drain() {
    draining_ = true;
    if (!closed_) check_drained();
}

void Connection::config_changed() {
    if (closed_ || !session_ || !session_->logged_in()) return;
    if (!session_->may_stay()) {
        const ConfigSnapshot config = services_.config.snapshot();
        const bool there = config->accounts.contains(session_->account());
        return close(
            fmt::format("accounts.{}: {}", session_->account(),
                        there ? "the key that you logged in with was removed" : "the account was removed"));
    }
    if (!draining_) tick();  // limits.idle may be another one
}

void Connection::check_drained() {
    if (!session_ || !session_->logged_in()) return close(kStopping);
    const bool quiet = std::chrono::steady_clock::now() - active_ >= kQuiet;
    if (quiet && !session_->transfers()) return close(kStopping);
    set_timer(kLookAgain, &Connection::check_drained);
}

// Judges the clocks; a connection that waits for an answer of ours is not idle.
void Connection::tick() {
    if (inside_ && !std::exchange(hello_over_, true)) {
        session_->transport().stop_waiting_for_hello();
        drive(false);
        if (closed_) return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (session_->busy()) active_ = now;
    const bool stranger = !session_->logged_in();
    const auto idle = limits_of(services_.config).idle;
    const auto limit = stranger ? limits_.login_grace : idle;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>((stranger ? began_ : active_) + limit - now);
    if (left <= std::chrono::milliseconds::zero())
        return close(stranger ? "limits.login_grace: not logged in in time, connect again"
                              : "limits.idle: nothing was sent for too long, connect again");
    // Strangers may become guests at any time: look again soon enough for both limits.
    set_timer(std::min(left, std::min(limits_.login_grace, idle)) + std::chrono::milliseconds(1),
              &Connection::tick);
}

// Reads, answers and sends until nothing more can be done now, or the other connections should have their
// turn.
void Connection::drive(bool readable) {
    if (closed_ || driving_) return;
    try {
        answer_turns(readable);
    } catch (const std::exception& error) {  // this client's loss only
        driving_ = false;
        log::error("connection failed", log::kv("peer", peer_), log::kv("reason", error.what()));
        close("the server could not go on with this connection");
    }
}

void Connection::answer_turns(bool readable) {
    readable = readable && come_in();
    if (closed_) return;
    if (readable && !session_->logged_in() && has_hung_up(socket_.native_handle())) return close({});
    driving_ = true;
    Transport& transport = session_->transport();
    bool more = true, broken = false;
    for (unsigned i = 0; more && !broken && i < kTurnsPerDrive; ++i) {
        const auto read = readable ? transport.pump() : Transport::Progress::idle;
        const auto turn = session_->turn();
        broken = !transport.send() || read == Transport::Progress::closed || turn == SshSession::Turn::broken;
        readable = read == Transport::Progress::more;
        more = readable || (turn == SshSession::Turn::again && transport.has_room());
    }
    driving_ = false;
    if (transport.received_bytes() != seen_bytes_) note_turn();
    if (broken) return close({});
    if (more)
        boost::asio::post(socket_.get_executor(),
                          [self = shared_from_this(), readable] { self->drive(readable); });
    wait();
}

// The client said something, and was answered as far as that goes at once.
void Connection::note_turn() {
    active_ = std::chrono::steady_clock::now();
    seen_bytes_ = session_->transport().received_bytes();
    const std::uint64_t bytes = session_->packet_bytes();
    if (std::exchange(noted_bytes_, bytes) != bytes && !session_->logged_in()) admitted_.place->move_on();
}

void Connection::wait() {
    if (!waiting_read_ && !waits_for_turn_ && session_->transport().wants_input()) {
        waiting_read_ = true;
        socket_.async_wait(Socket::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                               self->waiting_read_ = false;
                               if (!error) self->drive(true);
                           });
    }
    if (!waiting_write_ && session_->transport().has_unsent()) {
        waiting_write_ = true;
        socket_.async_wait(Socket::wait_write,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                               self->waiting_write_ = false;
                               if (!error) self->drive(false);
                           });
    }
}

void Connection::close(const std::string& reason) {
    if (std::exchange(closed_, true)) return;
    const std::string account = session_ ? session_->account() : std::string();
    if (session_ && !reason.empty()) {
        session_->disconnect(reason);
        (void)session_->transport().send();
    }
    if (session_) session_->note_refused_login();
    session_.reset();
    if (!reason.empty() || !account.empty())
        log::info("connection closed", log::kv("account", account), log::kv("peer", peer_),
                  log::kv("reason", reason.empty() ? "by the client" : reason));
    boost::system::error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
    admitted_.place.reset();
    gone_(this);
}

}  // namespace burnbox
