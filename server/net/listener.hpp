// One listening socket: accepts, asks Admission, hands the socket to the network threads in turn. Out of
// descriptors it gives up its spare one to accept and close what waits, so that nobody hangs and nothing
// spins. Runs on the first network thread.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/unique_fd.hpp"
#include "server/net/admission.hpp"
#include "server/net/network_thread.hpp"

namespace burnbox {

class Listener {
  public:
    Listener(std::vector<std::unique_ptr<NetworkThread>>& threads, Admission& admission);
    [[nodiscard]] Status open(const ListenAddress& address);  // resolves, binds, listens
    void start();
    void close();
    [[nodiscard]] ListenAddress address() const { return address_; }  // with the real port

  private:
    void accept();
    void accepted(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket,
                  NetworkThread& thread);
    void shed();

    std::vector<std::unique_ptr<NetworkThread>>& threads_;
    Admission& admission_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    ListenAddress address_;
    UniqueFd spare_;
    std::size_t next_ = 0;
};

}  // namespace burnbox
