#include "server/control/control_connection.hpp"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "common/base/log.hpp"
#include "server/control/protocol.hpp"

namespace burnbox {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

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

void ConnectionSink::send(const ControlReply& reply, bool last) {
    asio::post(io_, [connection = connection_, lines = to_reply_lines(reply), last] {
        if (const auto alive = connection.lock()) alive->send(lines, last);
    });
}

}  // namespace

ControlConnection::ControlConnection(asio::io_context& io, Socket socket, Operations& operations,
                                     std::function<void(ControlConnection&)> closed)
    : io_(io),
      socket_(std::move(socket)),
      user_(user_of(socket_.native_handle())),
      operations_(operations),
      closed_(std::move(closed)),
      received_(kRequestLineBytes),
      patience_(io) {}

void ControlConnection::start() {
    patience_.expires_after(kRequestPatience);
    patience_.async_wait([self = shared_from_this()](const ErrorCode& error) {
        if (!error && !self->asked_) self->close();
    });
    asio::async_read_until(
        socket_, received_, '\n', [self = shared_from_this()](const ErrorCode& error, std::size_t length) {
            if (error == asio::error::not_found) return self->refuse("control: the request is too long");
            if (error) return self->close();
            self->request(
                std::string_view(static_cast<const char*>(self->received_.data().data()), length - 1));
        });
}

void ControlConnection::send(const std::string& lines, bool last) {
    if (closing_) return;
    closing_ = last;
    unsent_bytes_ += lines.size();
    if (unsent_bytes_ > kMostUnsentBytes) {
        log::warning("control client dropped", log::kv("reason", "it does not read its answer"));
        return close();
    }
    unsent_.push_back(lines);
    if (unsent_.size() == 1) write();
}

void ControlConnection::refuse(const std::string& why, int exit_code) {
    asked_ = true;
    send(to_reply_lines(ErrorReply{why}) + to_reply_lines(ExitReply{exit_code}), true);
}

void ControlConnection::close() {
    if (!socket_.is_open()) return;
    ErrorCode ignored;
    patience_.cancel();
    socket_.close(ignored);
    closing_ = true;
    sink_.reset();
    closed_(*this);
}

void ControlConnection::request(std::string_view line) {
    asked_ = true;
    auto argv = parse_request_line(line);
    if (!argv) return refuse(argv.error().message);
    sink_ = std::make_shared<ConnectionSink>(io_, weak_from_this());
    watch_for_end();
    operations_.run({.account = "", .argv = std::move(*argv)}, sink_);
}

// Nothing more is expected from the client: reading only notices that it went away.
void ControlConnection::watch_for_end() {
    socket_.async_read_some(asio::buffer(ignored_),
                            [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                                if (error)
                                    self->close();
                                else
                                    self->watch_for_end();
                            });
}

void ControlConnection::write() {
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

}  // namespace burnbox
