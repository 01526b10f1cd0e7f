// How a server ends: by a signal, or because a part of it is gone. It drains first, whatever the reason, and
// tells the service manager meanwhile; a second signal ends it at once. Threads: made, used and destroyed on
// the control thread; part_failed() any.
#pragma once

#include <chrono>
#include <string>
#include <thread>
#include <utility>  // before Asio 1.74, which forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/composition/composition.hpp"

namespace burnbox {

class Shutdown {
  public:
    Shutdown(boost::asio::io_context& io, Composition& server);
    ~Shutdown();  // waits for the drain

    // The first begins the drain, with exit code 0; a second one cuts off what is under way, with exit code 1
    // when that is a disc.
    void signal(const std::string& name);
    // The server can't keep its promises without it: the drain begins, with exit code 1, so that the service
    // manager starts it anew.
    void part_failed(const std::string& part, const std::string& reason);

    [[nodiscard]] int exit_code() const { return exit_code_; }

  private:
    void begin(const std::string& reason, const std::string& remedy);
    void cut_off();
    void tell();

    boost::asio::io_context& io_;
    Composition& server_;
    boost::asio::steady_timer timer_;
    bool draining_ = false;
    bool cut_off_ = false;
    int exit_code_ = 0;
    std::chrono::steady_clock::time_point must_be_over_{};  // once cut off
    std::string told_;
    std::thread thread_;
};

}  // namespace burnbox
