#include "server/control/control_server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>

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
#include <set>

#include "common/base/log.hpp"
#include "server/control/protocol.hpp"

namespace burnbox {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

class Connection;

// What the operations answer into; forwards to the connection's thread, and to nowhere once the connection is
// gone.
class ConnectionSink final : public CommandSink {
  public:
    ConnectionSink(asio::io_context& io, std::weak_ptr<Connection> connection)
        : io_(io), connection_(std::move(connection)) {}

    void out(std::string text) override { send(OutReply{std::move(text)}, false); }
    void error(std::string line) override { send(ErrorReply{std::move(line)}, false); }
    void finish(int exit_code) override { send(ExitReply{exit_code}, true); }

  private:
    void send(const ControlReply& reply, bool last);

    asio::io_context& io_;
    std::weak_ptr<Connection> connection_;
};

class Connection final : public std::enable_shared_from_this<Connection> {
  public:
    Connection(asio::io_context& io, Local::socket socket, Operations& operations,
               std::function<void(Connection&)> closed)
        : io_(io),
          socket_(std::move(socket)),
          operations_(operations),
          closed_(std::move(closed)),
          received_(kRequestLineBytes) {}

    void start() {
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

    void close() {
        if (!socket_.is_open()) return;
        ErrorCode ignored;
        socket_.close(ignored);
        closing_ = true;
        sink_.reset();
        closed_(*this);
    }

  private:
    void request(std::string_view line) {
        auto argv = parse_request_line(line);
        if (!argv) return refuse(argv.error().message);
        sink_ = std::make_shared<ConnectionSink>(io_, weak_from_this());
        watch_for_end();
        operations_.run({.account = "", .argv = std::move(*argv)}, sink_);
    }

    void refuse(const std::string& why) {
        send(to_reply_lines(ErrorReply{why}) + to_reply_lines(ExitReply{2}), true);
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
    Operations& operations_;
    std::function<void(Connection&)> closed_;
    asio::streambuf received_;
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
        : io(context), path(std::move(socket_path)), operations(ops), acceptor(context), pause(context) {}

    asio::io_context& io;
    std::string path;
    Operations& operations;
    Local::acceptor acceptor;
    asio::steady_timer pause;  // after an accept that failed, so that a full descriptor table is no busy loop
    std::set<std::shared_ptr<Connection>> connections;

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
        accept();
        return {};
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](const ErrorCode& error, Local::socket socket) {
            if (!self->acceptor.is_open()) return;
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
        if (connections.size() >= kMostConnections) {
            log::warning("control client refused", log::kv("connections", connections.size()));
            return;  // the socket closes; the client says that the server can't be reached
        }
        auto connection = std::make_shared<Connection>(
            io, std::move(socket), operations, [weak = weak_from_this()](Connection& gone) {
                if (const auto self = weak.lock()) self->connections.erase(gone.shared_from_this());
            });
        connections.insert(connection);
        connection->start();
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

void ControlServer::stop() {
    if (!state_->acceptor.is_open()) return;
    ErrorCode ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    ::unlink(state_->path.c_str());
    const auto connections = std::move(state_->connections);
    state_->connections.clear();
    for (const auto& connection : connections) connection->close();
}

}  // namespace burnbox
