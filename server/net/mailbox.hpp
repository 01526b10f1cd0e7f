// Brings functions from any thread to a network thread. It outlives that thread: what comes after close() is
// dropped, so answers from the disk pool may arrive when the server is already gone.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

namespace burnbox {

class Mailbox {
  public:
    using Post = std::function<void(std::function<void()>)>;

    explicit Mailbox(Post post) : post_(std::move(post)) {}
    void post(std::function<void()> function) {
        const std::lock_guard lock(mutex_);
        if (post_) post_(std::move(function));
    }
    void close() {
        const std::lock_guard lock(mutex_);
        post_ = nullptr;
    }

  private:
    std::mutex mutex_;
    Post post_;
};

}  // namespace burnbox
