#include "server/rsync/bounds_watch.hpp"

#include <utility>

namespace burnbox::rsync {

void BoundsWatch::start(std::shared_ptr<Loan> loan, std::function<void(const Error&)> exceeded) {
    loan_ = std::move(loan);
    exceeded_ = std::move(exceeded);
    measure_after({});
}

void BoundsWatch::stop() {
    timer_.cancel();
    loan_.reset();
}

void BoundsWatch::measure_after(std::chrono::steady_clock::duration took) {
    timer_.expires_after((has_quota() ? kQuotaPace : kFilesPace).pause_after(took));
    timer_.async_wait([this, post = port_.poster()](const boost::system::error_code& error) {
        if (!error) post([this] { measure(); });
    });
}

void BoundsWatch::measure() {
    if (!loan_) return;
    // Without a word of the client hardly a file comes; but one may grow from what is there already.
    if (!std::exchange(fresh_input_, false) && !has_quota()) return measure_after({});
    host_.run_blocking([this, loan = loan_, post = port_.poster()] {
        const auto began = std::chrono::steady_clock::now();
        const Status status = loan->measure();
        post([this, status, took = std::chrono::steady_clock::now() - began] {
            if (!loan_) return;
            if (status) return measure_after(took);
            stop();
            exceeded_(status.error());
        });
    });
}

}  // namespace burnbox::rsync
