#include "common/base/thread_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/parts.hpp"

namespace burnbox {

struct ThreadPool::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
    std::size_t most_waiting = 0;
    unsigned running = 0;
    bool stopping = false;
    bool stopped = false;  // nothing runs or waits any more, and nothing is taken
    std::vector<std::jthread> threads;

    void work() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return !waiting.empty() || stopped || (stopping && running == 0); });
            if (waiting.empty()) {
                stopped = true;
                changed.notify_all();
                return;
            }
            {
                const std::function<void()> job = std::move(waiting.front());
                waiting.pop_front();
                ++running;
                lock.unlock();
                (void)guard_part("thread pool", job);
            }  // what the job holds is let go while the pool still counts it as running: it may post too
            lock.lock();
            --running;
            if (stopping && running == 0) changed.notify_all();
        }
    }
};

ThreadPool::ThreadPool(unsigned threads, std::size_t most_waiting) : state_(std::make_unique<State>()) {
    state_->most_waiting = most_waiting;
    for (unsigned i = 0; i < threads; ++i)
        state_->threads.emplace_back([state = state_.get()] { state->work(); });
}

ThreadPool::~ThreadPool() {
    stop();
}

bool ThreadPool::post(std::function<void()> job) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopped || state_->waiting.size() >= state_->most_waiting) return false;
        state_->waiting.push_back(std::move(job));
    }
    state_->changed.notify_one();
    return true;
}

void ThreadPool::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_all();
    state_->threads.clear();  // joins
}

}  // namespace burnbox
