// One TCP connection: waits on its socket, drives its SshSession, and keeps the clocks that libssh lacks
// (penalty, login grace, idle). It stays on the thread it was started on and keeps itself alive until it is
// closed.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // before Asio 1.74, which forgets it

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/net/admission.hpp"
#include "server/net/mailbox.hpp"
#include "server/ssh/ssh_session.hpp"

namespace burnbox {

// What a network thread lends its connections.
struct ThreadParts {
    std::shared_ptr<Mailbox> mailbox;
    std::span<std::byte> receive_buffer;
    ThreadServices& services;
};

class Connection final : public std::enable_shared_from_this<Connection> {
  public:
    Connection(const SshServices& services, const ThreadParts& parts, boost::asio::ip::tcp::socket socket,
               std::string peer, Admission::Admitted admitted, std::function<void(Connection*)> gone);
    void start();
    // Ends it; the reason is logged, and sent to the client when it can still be told.
    void close(const std::string& reason);
    // The server stops: closed as soon as nothing is on its way.
    void drain();
    // The configuration is another one: it ends when its account, or the key it came with, is no more.
    void config_changed();

  private:
    void begin();
    [[nodiscard]] bool come_in();
    void let_in();
    void knock();
    void refuse(const char* reason, std::string_view line);
    void wait();
    void drive(bool readable);
    void note_turn();
    void tick();
    void check_drained();
    void answer_turns(bool readable);
    void set_timer(std::chrono::milliseconds delay, void (Connection::*then)());

    const SshServices& services_;
    const Limits limits_;  // those of its beginning
    const ThreadParts parts_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::string peer_;
    Admission::Admitted admitted_;
    std::function<void(Connection*)> gone_;
    std::unique_ptr<SshSession> session_;
    std::chrono::steady_clock::time_point began_, active_;
    std::uint64_t seen_bytes_ = 0, noted_bytes_ = 0;
    bool waiting_read_ = false, waiting_write_ = false, closed_ = false, driving_ = false,
         hello_over_ = false, draining_ = false, inside_ = false, waits_for_turn_ = false;
};

}  // namespace burnbox
