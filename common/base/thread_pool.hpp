// A thread pool: a fixed number of threads for work that may block, so that no network or control thread ever
// does. What may wait in it is bounded by `most_waiting`; the one who posts decides what a refusal means. A
// job that throws is a part that failed (parts.hpp); the others go on.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace burnbox {

class ThreadPool {
  public:
    // Starts `threads` threads; at most `most_waiting` jobs wait for one of them.
    explicit ThreadPool(unsigned threads, std::size_t most_waiting = static_cast<std::size_t>(-1));
    ~ThreadPool();  // stop()
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    // Runs the job on one of the threads, in the order of posting. Never blocks; any thread. False, and the
    // job is not taken, when as many wait as may, or after stop().
    [[nodiscard]] bool post(std::function<void()> job);

    // Ends what runs and what waits, jobs posted by those too, then joins. Not from one of its own threads.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
