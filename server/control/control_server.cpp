#include "server/control/control_server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.hpp"
#include "server/control/control_connection.hpp"

namespace burnbox {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::seconds kBetweenLooks{1};

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
        const std::shared_ptr<ControlConnection> dropped = (*idle)->shared_from_this();
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
    try {
        stop();
    } catch (const std::exception& error) {  // of a timer that can't be cancelled
        log::error("control socket not closed in order", log::kv("error", error.what()));
    }
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
    std::function<void()>().swap(state_->answered);
    const auto connections = std::move(state_->connections);
    state_->connections.clear();
    for (const auto& connection : connections) connection->close();
}

}  // namespace burnbox
