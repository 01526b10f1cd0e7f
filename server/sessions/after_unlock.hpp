// Answers and jobs that were decided under a mutex but must run without it: a Done may call back into
// Uploads, and the disk pool may run a job at once. Declare it before the lock, so that it is destroyed after
// the unlock.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace burnbox::upload {

class AfterUnlock {
  public:
    AfterUnlock() = default;
    AfterUnlock(const AfterUnlock&) = delete;
    AfterUnlock& operator=(const AfterUnlock&) = delete;
    ~AfterUnlock() {
        for (auto& action : actions_) action();
    }
    void add(std::function<void()> action) { actions_.push_back(std::move(action)); }

  private:
    std::vector<std::function<void()>> actions_;
};

}  // namespace burnbox::upload
