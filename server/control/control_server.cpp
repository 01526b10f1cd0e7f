#include "server/control/control_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.hpp"
#include "server/control/protocol.hpp"

namespace burnbox {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

class ControlConnection;

constexpr std::chrono::seconds kBetweenLooks{1};

uid_t user_of(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.uid
                                                                            : static_cast<uid_t>(-1);
}

// What the operations answer into; forwards to the connection's thread, and to nowhere once the connection is
// gone.
class ConnectionSink final : public CommandSink {
  public:
    ConnectionSink(asio::io_context& io, std::weak_ptr<ControlConnection> connection)
        : io_(io), connection_(std::move(connection)) {}

    void out(std::string text) override { send(OutReply{std::move(text)}, false); }
    void error(std::string line) override { send(ErrorReply{std::move(line)}, false); }
    void finish(int exit_code) override { send(ExitReply{exit_code}, true); }

  private:
    void send(const ControlReply& reply, bool last);

    asio::io_context& io_;
    std::weak_ptr<ControlConnection> connection_;
};

class ControlConnection final : public std::enable_shared_from_this<ControlConnection> {
  public:
    ControlConnection(asio::io_context& io, Local::socket socket, Operations& operations,
                      std::function<void(ControlConnection&)> closed)
        : io_(io),
          socket_(std::move(socket)),
          user_(user_of(socket_.native_handle())),
          operations_(operations),
          closed_(std::move(closed)),
          received_(kRequestLineBytes),
          patience_(io) {}

    [[nodiscard]] uid_t user() const { return user_; }
    [[nodiscard]] bool has_asked() const { return asked_; }

    void start() {
        patience_.expires_after(ControlServer::kRequestPatience);
        patience_.async_wait([self = shared_from_this()](const ErrorCode& error) {
            if (!error && !self->asked_) self->close();
        });
        asio::async_read_until(socket_, received_, '\n',
                               [self = shared_from_this()](const ErrorCode& error, std::size_t length) {
                                   if (error == asio::error::not_found)
                                       return self->refuse("control: the request is too long");
                                   if (error) return self->close();
                                   self->request(std::string_view(
                                       static_cast<const char*>(self->received_.data().data()), length - 1));
                               });
    }

    void send(const std::string& lines, bool last) {
        if (closing_) return;
        closing_ = last;
        unsent_bytes_ += lines.size();
        if (unsent_bytes_ > ControlServer::kMostUnsentBytes) {
            log::warning("control client dropped", log::kv("reason", "it does not read its answer"));
            return close();
        }
        unsent_.push_back(lines);
        if (unsent_.size() == 1) write();
    }

    void refuse(const std::string& why, int exit_code = 2) {
        asked_ = true;
        send(to_reply_lines(ErrorReply{why}) + to_reply_lines(ExitReply{exit_code}), true);
    }

    void close() {
        if (!socket_.is_open()) return;
        ErrorCode ignored;
        patience_.cancel();
        socket_.close(ignored);
        closing_ = true;
        sink_.reset();
        closed_(*this);
    }

  private:
    void request(std::string_view line) {
        asked_ = true;
        auto argv = parse_request_line(line);
        if (!argv) return refuse(argv.error().message);
        sink_ = std::make_shared<ConnectionSink>(io_, weak_from_this());
        watch_for_end();
        operations_.run({.account = "", .argv = std::move(*argv)}, sink_);
    }

    // Nothing more is expected from the client: reading only notices that it went away.
    void watch_for_end() {
        socket_.async_read_some(asio::buffer(ignored_),
                                [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                                    if (error)
                                        self->close();
                                    else
                                        self->watch_for_end();
                                });
    }

    void write() {
        asio::async_write(socket_, asio::buffer(unsent_.front()),
                          [self = shared_from_this()](const ErrorCode& error, std::size_t length) {
                              if (error) return self->close();
                              self->unsent_bytes_ -= length;
                              self->unsent_.pop_front();
                              if (!self->unsent_.empty())
                                  self->write();
                              else if (self->closing_)
                                  self->close();
                          });
    }

    asio::io_context& io_;
    Local::socket socket_;
    const uid_t user_;
    Operations& operations_;
    std::function<void(ControlConnection&)> closed_;
    asio::streambuf received_;
    asio::steady_timer patience_;
    bool asked_ = false;
    std::array<char, 256> ignored_{};
    std::deque<std::string> unsent_;
    std::size_t unsent_bytes_ = 0;
    bool closing_ = false;  // the last line is in unsent_, or the socket is closed
    std::shared_ptr<CommandSink> sink_;
};

void ConnectionSink::send(const ControlReply& reply, bool last) {
    asio::post(io_, [connection = connection_, lines = to_reply_lines(reply), last] {
        if (const auto alive = connection.lock()) alive->send(lines, last);
    });
}

}  // namespace

struct ControlServer::State : std::enable_shared_from_this<State> {
    State(asio::io_context& context, std::string socket_path, Operations& ops)
        : io(context),
          path(std::move(socket_path)),
          operations(ops),
          acceptor(context),
          pause(context),
          look(context),
          last_answers(context) {}

    asio::io_context& io;
    std::string path;
    Operations& operations;
    Local::acceptor acceptor;
    asio::steady_timer pause;  // after an accept that failed, so that a full descriptor table is no busy loop
    asio::steady_timer look;
    asio::steady_timer last_answers;
    std::function<void()> answered;  // set while the last answers are on their way
    bool stopped = false;
    std::pair<dev_t, ino_t> file{};                               // at `path`, as long as it is ours
    std::vector<std::shared_ptr<ControlConnection>> connections;  // by age

    [[nodiscard]] std::pair<dev_t, ino_t> file_at_path() const {
        struct stat info{};
        if (::lstat(path.c_str(), &info) != 0) return {};
        return {info.st_dev, info.st_ino};
    }

    Status listen() {
        if (path.size() >= sizeof(sockaddr_un::sun_path))
            return fail(
                Errc::invalid,
                fmt::format("listen on {}: a socket's path has at most {} bytes; choose a shorter state_dir",
                            path, sizeof(sockaddr_un::sun_path) - 1));
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_errno("remove", path);
        ErrorCode error;
        if (acceptor.open(Local(), error); error) return fail_errno("make a socket for", path, error.value());
        if (acceptor.bind(Local::endpoint(path), error); error)
            return fail_errno("bind", path, error.value());
        // Nobody can connect before listen(), so the mode is right from the first connection on.
        if (::chmod(path.c_str(), 0660) != 0) return fail_errno("chmod", path);
        if (acceptor.listen(Local::acceptor::max_listen_connections, error); error)
            return fail_errno("listen on", path, error.value());
        file = file_at_path();
        accept();
        look_after_file();
        return {};
    }

    // Cleaners of old files take sockets away; nobody could reach the server any more.
    void look_after_file() {
        look.expires_after(kBetweenLooks);
        look.async_wait([self = shared_from_this()](const ErrorCode& cancelled) {
            if (cancelled || !self->acceptor.is_open()) return;
            if (self->file_at_path() == self->file) return self->look_after_file();
            log::warning("control socket made again", log::kv("path", self->path),
                         log::kv("reason", "somebody removed or replaced its file"));
            ErrorCode ignored;
            self->acceptor.close(ignored);
            const Status again = self->listen();
            if (again) return;
            log::error("control socket lost", log::kv(again.error()));
            self->listen_later();
        });
    }

    void listen_later() {
        look.expires_after(kBetweenLooks);
        look.async_wait([self = shared_from_this()](const ErrorCode& cancelled) {
            if (cancelled || self->stopped) return;
            ErrorCode ignored;
            self->acceptor.close(ignored);
            if (!self->listen()) self->listen_later();
        });
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](const ErrorCode& error, Local::socket socket) {
            if (!self->acceptor.is_open() || error == asio::error::operation_aborted) return;
            if (error) return self->accept_later(error);
            self->take(std::move(socket));
            self->accept();
        });
    }

    void accept_later(const ErrorCode& error) {
        log::warning("control accept failed", log::kv("error", error.message()));
        pause.expires_after(std::chrono::milliseconds(200));
        pause.async_wait([self = shared_from_this()](const ErrorCode& cancelled) {
            if (!cancelled && self->acceptor.is_open()) self->accept();
        });
    }

    void take(Local::socket socket) {
        auto connection = std::make_shared<ControlConnection>(
            io, std::move(socket), operations, [weak = weak_from_this()](ControlConnection& gone) {
                if (const auto self = weak.lock()) self->forget(gone);
            });
        const uid_t user = connection->user();
        const auto of_user = static_cast<std::size_t>(
            std::ranges::count(connections, user, [](const auto& one) { return one->user(); }));
        if ((of_user >= kMostOfOneUser && !make_room(user)) ||
            (connections.size() >= kMostConnections && !make_room(std::nullopt))) {
            log::warning("control client refused", log::kv("connections", connections.size()),
                         log::kv("of_its_user", of_user));
            return connection->refuse("too many commands are waiting already: end some `burn --wait`", 1);
        }
        connections.push_back(connection);
        connection->start();
    }

    void forget(ControlConnection& gone) {
        std::erase(connections, gone.shared_from_this());
        if (connections.empty()) tell_answered();
    }

    void tell_answered() {
        last_answers.cancel();
        if (const auto tell = std::exchange(answered, nullptr)) tell();
    }

    void stop_listening() {
        if (std::exchange(stopped, true)) return;
        ErrorCode ignored;
        acceptor.close(ignored);
        pause.cancel();
        look.cancel();
        if (file_at_path() == file) ::unlink(path.c_str());
    }

    // Closes the oldest that has asked for nothing yet.
    bool make_room(std::optional<uid_t> user) {
        const auto idle = std::ranges::find_if(connections, [&](const auto& one) {
            return !one->has_asked() && (!user || one->user() == *user);
        });
        if (idle == connections.end()) return false;
        const auto dropped = *idle;
        dropped->close();
        return true;
    }
};

ControlServer::ControlServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<ControlServer>> ControlServer::start(asio::io_context& io, const std::string& path,
                                                            Operations& operations) {
    auto state = std::make_shared<State>(io, path, operations);
    BB_CHECK(state->listen());
    return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

ControlServer::~ControlServer() {
    stop();
}

void ControlServer::end(std::function<void()> done) {
    state_->stop_listening();
    const auto all = state_->connections;
    for (const auto& connection : all)
        if (!connection->has_asked()) connection->close();
    state_->answered = std::move(done);
    if (state_->connections.empty()) return state_->tell_answered();
    state_->last_answers.expires_after(kLastAnswers);
    state_->last_answers.async_wait([state = state_](const ErrorCode& cancelled) {
        if (!cancelled) state->tell_answered();
    });
}

void ControlServer::stop() {
    state_->stop_listening();
    state_->answered = nullptr;
    const auto connections = std::exchange(state_->connections, {});
    for (const auto& connection : connections) connection->close();
}

}  // namespace burnbox
