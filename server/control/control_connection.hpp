// One client of the control socket: its request, the answer in order, and the end. Threads: that of the
// io_context; the operations answer from any.
#pragma once

#include <sys/types.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/control/operations.hpp"

namespace burnbox {

class ControlConnection final : public std::enable_shared_from_this<ControlConnection> {
  public:
    static constexpr std::chrono::seconds kRequestPatience{10};
    static constexpr std::size_t kMostUnsentBytes = 64U << 20U;  // a client that reads slower is dropped
    using Socket = boost::asio::local::stream_protocol::socket;

    // `closed` is called once, when it is over. `io` and `operations` outlive it.
    ControlConnection(boost::asio::io_context& io, Socket socket, Operations& operations,
                      std::function<void(ControlConnection&)> closed);

    [[nodiscard]] uid_t user() const { return user_; }
    [[nodiscard]] bool has_asked() const { return asked_; }

    // Reads the request, for kRequestPatience at most, and has it answered.
    void start();
    // Lines of the answer; after the last ones it closes. A client that does not read is dropped.
    void send(const std::string& lines, bool last);
    void refuse(const std::string& why, int exit_code = 2);
    void close();

  private:
    void request(std::string_view line);
    void watch_for_end();
    void write();

    boost::asio::io_context& io_;
    Socket socket_;
    const uid_t user_;
    Operations& operations_;
    std::function<void(ControlConnection&)> closed_;
    boost::asio::streambuf received_;
    boost::asio::steady_timer patience_;
    bool asked_ = false;
    std::array<char, 256> ignored_{};
    std::deque<std::string> unsent_;
    std::size_t unsent_bytes_ = 0;
    bool closing_ = false;  // the last line is in unsent_, or the socket is closed
    std::shared_ptr<CommandSink> sink_;
};

}  // namespace burnbox
