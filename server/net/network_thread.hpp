// One network thread: an io_context, the buffers its connections share, and the connections themselves.
// Nothing here is locked but the mailbox; other threads come in through it.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "common/base/page_memory.hpp"
#include "server/net/connection.hpp"

namespace burnbox {

class NetworkThread {
  public:
    explicit NetworkThread(const SshServices& services);
    ~NetworkThread();  // stop()
    NetworkThread(const NetworkThread&) = delete;
    NetworkThread& operator=(const NetworkThread&) = delete;

    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    void run();  // starts the thread
    // Takes over an accepted socket of this thread's io(). Any thread.
    void adopt(boost::asio::ip::tcp::socket socket, std::string peer, Admission::Admitted admitted,
               std::shared_ptr<std::weak_ptr<Connection>> where);
    // Closes each connection as soon as nothing is on its way, new ones at once. Any thread; does not block.
    void drain();
    // Its connections look whether they may stay. Any thread; does not block.
    void config_changed();
    // Closes all connections and joins. Pending answers of the disk pool are dropped from here on.
    void stop();

    [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  private:
    static constexpr std::size_t kReceiveBytes = std::size_t{256} << 10U;

    const SshServices& services_;
    PageMemory receive_buffer_;
    const std::unique_ptr<ThreadServices> thread_services_;
    boost::asio::io_context io_{1};  // its last handlers may hold connections that use the two above
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::shared_ptr<Mailbox> mailbox_;
    std::set<std::shared_ptr<Connection>> connections_;
    bool draining_ = false;
    std::thread thread_;
};

}  // namespace burnbox
