#include "server/rsync/bounds_watch.hpp"

#include <utility>

namespace burnbox::rsync {

void BoundsWatch::start(std::shared_ptr<Lease> lease, std::function<void(const Error&)> exceeded) {
    lease_ = std::move(lease);
    exceeded_ = std::move(exceeded);
    measure_after({});
}

void BoundsWatch::stop() {
    timer_.cancel();
    lease_.reset();
}

void BoundsWatch::measure_after(std::chrono::steady_clock::duration took) {
    timer_.expires_after((has_quota() ? kQuotaPace : kFilesPace).pause_after(took));
    timer_.async_wait([this, post = port_.poster()](const boost::system::error_code& error) {
        if (!error) post([this] { measure(); });
    });
}

void BoundsWatch::measure() {
    if (!lease_) return;
    // Without a word of the client hardly a file comes; but one may grow from what is there already.
    if (!std::exchange(fresh_input_, false) && !has_quota()) return measure_after({});
    host_.run_blocking([this, lease = lease_, post = port_.poster()] {
        const auto began = std::chrono::steady_clock::now();
        const Status status = lease->measure();
        post([this, status, took = std::chrono::steady_clock::now() - began] {
            if (!lease_) return;
            if (status) return measure_after(took);
            stop();
            exceeded_(status.error());
        });
    });
}

}  // namespace burnbox::rsync
