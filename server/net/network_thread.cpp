#include "server/net/network_thread.hpp"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <boost/asio/post.hpp>

#include "common/base/log.hpp"
#include "common/base/parts.hpp"

namespace burnbox {
namespace {

void libssh_log(int /*priority*/, const char* /*function*/, const char* message, void* /*user*/) {
    log::debug("libssh", log::kv("message", message));
}

}  // namespace

NetworkThread::NetworkThread(const SshServices& services)
    : services_(services),
      receive_buffer_(kReceiveBytes),
      thread_services_(services.make_thread_services()),
      work_(boost::asio::make_work_guard(io_)),
      mailbox_(std::make_shared<Mailbox>(
          [this](std::function<void()> function) { boost::asio::post(io_, std::move(function)); })) {}

NetworkThread::~NetworkThread() {
    stop();
}

void NetworkThread::run() {
    thread_ = std::thread([this] {
        // Both are thread-local in libssh.
        ssh_set_log_callback(&libssh_log);
        ssh_set_log_level(log::enabled(log::Level::debug) ? SSH_LOG_PROTOCOL : SSH_LOG_NOLOG);
        while (!guard_part("network thread", [this] { io_.run(); })) continue;
    });
}

void NetworkThread::adopt(boost::asio::ip::tcp::socket socket, std::string peer, Admission::Admitted admitted,
                          std::shared_ptr<std::weak_ptr<Connection>> where) {
    auto connection = std::make_shared<Connection>(
        services_, ThreadParts{mailbox_, receive_buffer_.bytes(), *thread_services_}, std::move(socket),
        std::move(peer), std::move(admitted), [this](Connection* gone) {
            // Not at once: it may be in one of its own functions.
            boost::asio::post(io_, [this, self = gone->shared_from_this()] { connections_.erase(self); });
        });
    boost::asio::post(io_, [this, connection, where] {
        *where = connection;
        connections_.insert(connection);
        connection->start();
        if (draining_) connection->drain();
    });
}

void NetworkThread::drain() {
    boost::asio::post(io_, [this] {
        draining_ = true;
        for (const auto& connection : std::set(connections_)) connection->drain();
    });
}

void NetworkThread::config_changed() {
    boost::asio::post(io_, [this] {
        for (const auto& connection : std::set(connections_)) connection->config_changed();
    });
}

void NetworkThread::stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(io_, [this] {
        for (const auto& connection : std::set(connections_)) connection->close("the server is stopping");
        work_.reset();
        boost::asio::post(io_, [this] { io_.stop(); });
    });
    thread_.join();
    mailbox_->close();
    connections_.clear();
}

}  // namespace burnbox
