// Which bytes of a file have been written: disjoint runs, in order. Bounded: one set keeps kMost runs, all of
// the process together kMostOfAll; beyond that a set keeps its first run only. It then knows less than was
// written, never more. Threads: a Coverage is used by one at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace burnbox::upload {

class Coverage {
  public:
    struct Run {
        std::uint64_t begin = 0, end = 0;
        bool operator==(const Run&) const = default;
    };
    static constexpr std::size_t kMost = 1024;
    static constexpr std::size_t kMostOfAll = std::size_t{1} << 20U;

    Coverage() = default;
    ~Coverage() { clear(); }
    Coverage(Coverage&& other) noexcept : runs_(std::exchange(other.runs_, {})) {}
    Coverage& operator=(Coverage&& other) noexcept {
        std::swap(runs_, other.runs_);
        return *this;
    }
    Coverage(const Coverage&) = delete;
    Coverage& operator=(const Coverage&) = delete;

    void add(std::uint64_t begin, std::uint64_t end) {
        // Nearly every write goes on where the one before ended.
        if (!runs_.empty() && begin >= runs_.back().begin && begin <= runs_.back().end)
            runs_.back().end = std::max(runs_.back().end, end);
        else if (begin < end)
            insert(begin, end);
    }
    void add(const Coverage& other);
    // Nobody knows any more what is in [begin, end).
    void remove(std::uint64_t begin, std::uint64_t end);
    // The file ends here.
    void clip(std::uint64_t size_bytes) { remove(size_bytes, std::numeric_limits<std::uint64_t>::max()); }
    void clear();

    [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }
    // Where the bytes end that follow `from` without a gap; `from` itself when it was not written.
    [[nodiscard]] std::uint64_t gapless_from(std::uint64_t from) const;

  private:
    void insert(std::uint64_t begin, std::uint64_t end);
    void set_runs(std::vector<Run> runs);

    // Those beyond the first of each set.
    static std::atomic<std::size_t> more_runs_of_all;
    std::vector<Run> runs_;
};

}  // namespace burnbox::upload
