// Whether sessions may be sealed: shut for good once the server stops or a part that the promise needs is
// gone. Threads: any.
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "common/base/error.hpp"

namespace burnbox {

class SealGate {
  public:
    // The first reason stays.
    void shut(std::string reason) {
        const std::lock_guard lock(mutex_);
        if (reason_.empty()) reason_ = std::move(reason);
    }
    [[nodiscard]] Status check() const {
        const std::lock_guard lock(mutex_);
        if (reason_.empty()) return {};
        return fail(Errc::cancelled, reason_);
    }

  private:
    mutable std::mutex mutex_;
    std::string reason_;
};

}  // namespace burnbox
