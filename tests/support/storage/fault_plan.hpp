// FaultPlan: which operation fails. One plan is shared by every faulty seam of a test (file system, drive,
// catalogue), so that "operation N" counts all of them in the order in which they happened. Seams ask once
// per mutating operation:
//     BB_CHECK(plan.step("rename a b"));
// Threads: any.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox::test {

class FaultPlan {
  public:
    enum class Mode : std::uint8_t {
        once,          // operation N alone fails, without effect
        from_then_on,  // N and every later one fail: the process is dead
    };

    // Operations are counted from 1; 0 = nothing fails. Starts counting anew.
    void fail_at(std::uint64_t n, int sys_errno, Mode mode) { plan(n, Errc::io, sys_errno, mode); }
    void fail_at(std::uint64_t n, Errc code, Mode mode) { plan(n, code, 0, mode); }
    void fail_nothing() { plan(0, Errc::io, 0, Mode::once); }
    // The next operations of exactly this name fail with Errc::io.
    void fail_next(std::string_view operation, unsigned times = 1) {
        fail_nothing();
        const std::lock_guard lock(mutex_);
        next_ = operation, next_left_ = times;
    }
    // Looking at this path fails until fail_nothing().
    void fail_looks_at(std::string_view path, int sys_errno) {
        fail_nothing();
        const std::lock_guard lock(mutex_);
        unseen_ = path, sys_errno_ = sys_errno;
    }
    [[nodiscard]] Status look(std::string_view path) const {
        const std::lock_guard lock(mutex_);
        if (unseen_.empty() || unseen_ != path) return {};
        return fail_errno("stat", path, sys_errno_);
    }

    // Once, just before the next operation of exactly this name: what another thread does meanwhile.
    void before_next(std::string_view operation, std::function<void()> meanwhile) {
        const std::lock_guard lock(mutex_);
        awaited_ = operation, meanwhile_ = std::move(meanwhile);
    }

    // Counts one operation and says whether it is to fail.
    [[nodiscard]] bool fails(std::string_view operation) {
        if (const auto meanwhile = take_meanwhile(operation)) meanwhile();
        const std::lock_guard lock(mutex_);
        ++count_;
        trace_.emplace_back(operation);
        const bool named = next_left_ > 0 && next_ == operation;
        if (named) --next_left_;
        const bool hit = named || (n_ != 0 && (count_ == n_ || (count_ > n_ && mode_ == Mode::from_then_on)));
        if (hit && where_.empty()) where_ = operation;
        return hit;
    }
    // The same as a Status with the planned error.
    [[nodiscard]] Status step(std::string_view operation) {
        if (!fails(operation)) return {};
        const std::lock_guard lock(mutex_);
        if (sys_errno_ != 0) return fail_errno(operation, "(planned fault)", sys_errno_);
        return fail(code_, std::string(operation) + ": planned fault");
    }

    // Whether the planned operation was reached: false means that N lies behind the end of the run.
    [[nodiscard]] bool hit() const { return !where().empty(); }
    // True once a from_then_on fault was hit: whatever reads may go on, whatever writes is dead.
    [[nodiscard]] bool dead() const {
        const std::lock_guard lock(mutex_);
        return mode_ == Mode::from_then_on && !where_.empty();
    }
    [[nodiscard]] std::uint64_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    [[nodiscard]] std::string where() const {  // the operation that failed first; empty = none yet
        const std::lock_guard lock(mutex_);
        return where_;
    }
    [[nodiscard]] std::vector<std::string> trace() const {
        const std::lock_guard lock(mutex_);
        return trace_;
    }

  private:
    [[nodiscard]] std::function<void()> take_meanwhile(std::string_view operation) {
        const std::lock_guard lock(mutex_);
        return awaited_ == operation ? std::exchange(meanwhile_, {}) : std::function<void()>();
    }
    void plan(std::uint64_t n, Errc code, int sys_errno, Mode mode) {
        const std::lock_guard lock(mutex_);
        n_ = n, code_ = code, sys_errno_ = sys_errno, mode_ = mode;
        count_ = 0;
        where_.clear();
        trace_.clear();
        next_left_ = 0;
        unseen_.clear();
    }

    mutable std::mutex mutex_;
    std::uint64_t n_ = 0;
    std::uint64_t count_ = 0;
    Errc code_ = Errc::io;
    int sys_errno_ = 0;
    Mode mode_ = Mode::once;
    std::string where_;
    std::string next_;
    unsigned next_left_ = 0;
    std::string unseen_;
    std::string awaited_;
    std::function<void()> meanwhile_;
    std::vector<std::string> trace_;
};

}  // namespace burnbox::test
