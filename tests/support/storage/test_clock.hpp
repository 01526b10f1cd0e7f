// A Clock that stands still until a test moves it.
#pragma once

#include <mutex>

#include "common/base/clock.hpp"

namespace burnbox::test {

class TestClock : public Clock {
  public:
    TestClock() : now_(*parse_iso8601("2026-11-23T10:00:00Z")) {}

    [[nodiscard]] Timestamp now() const override {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    [[nodiscard]] SteadyTime steady_now() const override {
        const std::lock_guard lock(mutex_);
        return steady_;
    }
    void advance(std::chrono::nanoseconds time) {
        const std::lock_guard lock(mutex_);
        now_ += time;
        steady_ += time;
    }

    void set_by(std::chrono::nanoseconds step) {  // the wall clock alone
        const std::lock_guard lock(mutex_);
        now_ += step;
    }

  private:
    mutable std::mutex mutex_;
    Timestamp now_;
    SteadyTime steady_{std::chrono::hours(1)};
};

}  // namespace burnbox::test
