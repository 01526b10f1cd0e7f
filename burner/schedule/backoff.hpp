// When to try again after a failure: 1 s, doubling to 5 min. One thread at a time.
#pragma once

#include <algorithm>
#include <chrono>

#include "common/base/clock.hpp"

namespace burnbox {

class Backoff {
  public:
    static constexpr std::chrono::seconds kFirst{1};
    static constexpr std::chrono::seconds kMost{300};

    [[nodiscard]] bool ready(SteadyTime now) const { return now >= until_; }
    [[nodiscard]] SteadyTime until() const { return until_; }
    void failed(SteadyTime now) {
        until_ = now + delay_;
        delay_ = std::min(delay_ * 2, kMost);
    }
    void succeeded() { *this = Backoff(); }
    // The step, when its time has come: false before. After an error the next one waits.
    template <typename Step>
    [[nodiscard]] auto run(const Clock& clock, Step step) -> decltype(step()) {
        if (!ready(clock.steady_now())) return false;
        auto did = step();
        if (did)
            succeeded();
        else
            failed(clock.steady_now());
        return did;
    }
    // When it is to be tried again after an error; else never by itself.
    [[nodiscard]] SteadyTime next_time() const {
        return until_ == SteadyTime::min() ? SteadyTime::max() : until_;
    }
    void try_now() { until_ = SteadyTime::min(); }  // the next failure still waits longer than the last one

  private:
    SteadyTime until_ = SteadyTime::min();
    std::chrono::seconds delay_ = kFirst;
};

}  // namespace burnbox
