// How a server ends: by a signal, or because a part of it is gone. It drains first, whatever the reason, and
// tells the service manager meanwhile; a second signal ends it at once. What does not come to its end,
// because a file system hangs, is given up after a while. Threads: made, used and destroyed on the control
// thread; part_failed() any.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>  // before Asio 1.74, which forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/composition/ending_server.hpp"

namespace burnbox {

class Shutdown {
  public:
    // `end_process` ends it whatever still runs: std::_Exit.
    Shutdown(boost::asio::io_context& io, EndingServer& server,
             std::function<void(int exit_code)> end_process);
    ~Shutdown();  // waits for the drain

    // The first begins the drain, with exit code 0; a second one cuts off what is under way, with exit code 1
    // when that is a disc. A drain that another reason began is not the first one's.
    void signal(const std::string& name);
    // The server can't keep its promises without it: the drain begins, with exit code 1, so that the service
    // manager starts it anew.
    void part_failed(const std::string& part, const std::string& reason);

    [[nodiscard]] int exit_code() const { return exit_code_; }

  private:
    void begin(const std::string& reason, const std::string& remedy);
    void cut_off();
    void tell();
    [[nodiscard]] bool is_stuck(const DrainStep& step, bool writes);
    void give_up(const DrainStep& step);

    boost::asio::io_context& io_;
    EndingServer& server_;
    const std::function<void(int)> end_process_;
    boost::asio::steady_timer timer_;
    bool signalled_ = false;
    bool draining_ = false;
    bool cut_off_ = false;
    int exit_code_ = 0;
    std::chrono::steady_clock::time_point must_be_over_{};  // once cut off
    unsigned step_ = 0;
    std::chrono::steady_clock::time_point went_on_{};  // when the drain came to that step, or a drive wrote
    std::string told_;
    std::thread thread_;
};

}  // namespace burnbox
