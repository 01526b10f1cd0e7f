#include "server/net/listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <boost/asio/ip/v6_only.hpp>

#include "common/base/log.hpp"

namespace burnbox {
namespace {

using boost::asio::ip::tcp;
constexpr std::chrono::milliseconds kPause{200};

std::string text_of(const ListenAddress& address) {
    return fmt::format("{}:{}", address.host, address.port);
}

UniqueFd spare_descriptor() {
    return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Listener::Listener(std::vector<std::unique_ptr<NetworkThread>>& threads, Admission& admission)
    : threads_(threads),
      admission_(admission),
      acceptor_(threads.front()->io()),
      pause_(threads.front()->io()),
      spare_(spare_descriptor()) {}

Status Listener::open(const ListenAddress& address) {
    boost::system::error_code error;
    tcp::resolver resolver(threads_.front()->io());
    const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                        tcp::resolver::passive | tcp::resolver::numeric_service, error);
    if (error || found.empty())
        return fail(Errc::invalid, "listen on " + text_of(address) + ": " + error.message());
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.host == "::") acceptor_.set_option(boost::asio::ip::v6_only(false), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) return fail_errno("listen on", text_of(address), error.value());
    address_ = {address.host, acceptor_.local_endpoint(error).port()};
    return {};
}

void Listener::start() {
    accept();
}

void Listener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void Listener::accept() {
    NetworkThread& thread = *threads_[next_++ % threads_.size()];
    acceptor_.async_accept(thread.io(),
                           [this, &thread](const boost::system::error_code& error, tcp::socket socket) {
                               if (acceptor_.is_open()) accepted(error, std::move(socket), thread);
                           });
}

void Listener::accepted(const boost::system::error_code& error, tcp::socket socket, NetworkThread& thread) {
    if (error == boost::system::errc::too_many_files_open ||
        error == boost::system::errc::too_many_files_open_in_system)
        return shed();
    if (error) return accept();  // the client was gone again
    boost::system::error_code failure;
    const auto endpoint = socket.remote_endpoint(failure);
    if (failure) return accept();
    const std::string host = endpoint.address().to_string();
    const std::string peer = fmt::format("{}:{}", host, endpoint.port());
    auto where = std::make_shared<std::weak_ptr<Connection>>();  // known to its own thread only
    auto admitted = admission_.admit(host, [mailbox = thread.mailbox(), where](const char* limit) {
        mailbox->post([where, limit] {
            const std::string key = std::string("limits.") + limit;
            if (const auto connection = where->lock())
                connection->close(key + ": the place is needed for others, log in sooner");
        });
    });
    if (admitted) {
        thread.adopt(std::move(socket), peer, std::move(*admitted), std::move(where));
    } else {
        log::info("connection refused", log::kv("peer", peer), log::kv("limit", admitted.error().message));
        // RFC 4253 4.2 lets a server say something before its identification; there is none after this.
        const std::string line = "burnbox: " + admitted.error().message + "\r\n";
        socket.non_blocking(true, failure);
        socket.send(boost::asio::buffer(line), 0, failure);
    }
    accept();
}

void Listener::shed() {
    log::warning("out of file descriptors",
                 log::kv("remedy", "raise LimitNOFILE or lower limits.connections"));
    spare_.reset();
    boost::system::error_code failure;
    acceptor_.non_blocking(true, failure);
    for (unsigned i = 0; i < 64 && !failure; ++i) {
        tcp::socket refused(threads_.front()->io());
        acceptor_.accept(refused, failure);
    }
    spare_ = spare_descriptor();
    pause_.expires_after(kPause);
    pause_.async_wait([this](const boost::system::error_code& error) {
        if (!error && acceptor_.is_open()) accept();
    });
}

}  // namespace burnbox
