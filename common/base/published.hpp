// A value that is replaced as a whole while other threads read it. Its one publisher replaces it; whoever
// decides something asks for a snapshot, which never changes and lives as long as it is held.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace burnbox {

// What was published at the moment when it was asked for. It is kept for one decision, so that the decision
// sees one value throughout, and no longer. A temporary one can't be looked into: what it shows might be gone
// with it.
template <typename T>
class Snapshot {
  public:
    explicit Snapshot(std::shared_ptr<const T> value) : value_(std::move(value)) {}
    [[nodiscard]] const T& operator*() const& { return *value_; }
    [[nodiscard]] const T* operator->() const& { return value_.get(); }
    const T& operator*() const&& = delete;
    const T* operator->() const&& = delete;

  private:
    std::shared_ptr<const T> value_;
};

// Threads: any. Nothing blocks: the lock is held while one pointer is copied or exchanged, and where that is
// too much the generation, one atomic number, says whether there is anything new.
template <typename T>
class Published {
  public:
    explicit Published(T first) : value_(std::make_shared<const T>(std::move(first))) {}
    Published(const Published&) = delete;
    Published& operator=(const Published&) = delete;

    [[nodiscard]] Snapshot<T> snapshot() const {
        const std::lock_guard lock(mutex_);
        return Snapshot<T>(value_);
    }
    // Another one each time something was published. Whoever keeps what it read asks for this before the
    // snapshot.
    [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

    void publish(T next) {
        auto value = std::make_shared<const T>(std::move(next));
        {
            const std::lock_guard lock(mutex_);
            value_.swap(value);
            generation_.fetch_add(1, std::memory_order_release);
        }
        // The one before goes here, unless somebody still decides by it.
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_;
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace burnbox
