// Measures what an rsync has written, now and then while it writes, and says when that is beyond the
// account's quota or limits.files. What grows has its price: measuring looks at the whole folder, so it takes
// its turn the more seldom the longer that is. Network thread; the measuring itself is the disk pool's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "server/rsync/program.hpp"
#include "server/service/service.hpp"

namespace burnbox::rsync {

// How often: not before `least` is over, nor before `times` what measuring took; but on a busy machine, where
// it takes long for little work, at `most`.
struct Pace {
    std::chrono::steady_clock::duration least;
    int times = 0;
    std::chrono::steady_clock::duration most{};

    [[nodiscard]] std::chrono::steady_clock::duration pause_after(
        std::chrono::steady_clock::duration took) const {
        return std::clamp(took * times, least, most);
    }
};
inline constexpr Pace kQuotaPace{std::chrono::milliseconds(500), 10,
                                 std::chrono::seconds(10)};  // every file is looked at
inline constexpr Pace kFilesPace{std::chrono::seconds(1), 50,
                                 std::chrono::seconds(10)};  // folders are listed

class BoundsWatch {
  public:
    // All must outlive it; it is part of the port's service.
    BoundsWatch(ServicePort& port, const Host& host, const boost::asio::any_io_executor& executor)
        : port_(port), host_(host), timer_(executor) {}

    // `exceeded` is called once at most, with what the client is told.
    void start(std::shared_ptr<Lease> lease, std::function<void(const Error&)> exceeded);
    void note_input() { fresh_input_ = true; }
    void stop();

  private:
    void measure_after(std::chrono::steady_clock::duration took);  // the last time
    void measure();
    [[nodiscard]] bool has_quota() const { return lease_->terms().most_file_bytes != 0; }

    ServicePort& port_;
    const Host& host_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<Lease> lease_;  // while it watches
    std::function<void(const Error&)> exceeded_;
    bool fresh_input_ = false;  // since the last measure
};

}  // namespace burnbox::rsync
