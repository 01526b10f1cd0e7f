#include "server/files/coverage.hpp"

#include <algorithm>

namespace burnbox::upload {
namespace {

std::size_t beyond_first(const std::vector<Coverage::Run>& runs) {
    return runs.empty() ? 0 : runs.size() - 1;
}

}  // namespace

std::atomic<std::size_t> Coverage::more_runs_of_all{0};

void Coverage::set_runs(std::vector<Run> runs) {
    more_runs_of_all -= beyond_first(runs_);
    runs_ = std::move(runs);
    more_runs_of_all += beyond_first(runs_);
    if (runs_.size() <= 1 || (runs_.size() <= kMost && more_runs_of_all <= kMostOfAll)) return;
    more_runs_of_all -= beyond_first(runs_);
    runs_ = {runs_.front()};
}

void Coverage::insert(std::uint64_t begin, std::uint64_t end) {
    if (runs_.empty()) {
        runs_.push_back({.begin = begin, .end = end});
        return;
    }
    std::vector<Run> runs = std::move(runs_);
    more_runs_of_all -= beyond_first(runs);
    runs_ = {};
    // The first run that the new one touches, and the first behind it that it does not.
    const auto first = std::ranges::lower_bound(runs, begin, {}, &Run::end);
    const auto last = std::ranges::upper_bound(runs, end, {}, &Run::begin);
    if (first < last) {
        first->begin = std::min(first->begin, begin);
        first->end = std::max(std::prev(last)->end, end);
        runs.erase(std::next(first), last);
    } else {
        runs.insert(first, Run{.begin = begin, .end = end});
    }
    set_runs(std::move(runs));
}

void Coverage::add(const Coverage& other) {
    for (const Run& run : other.runs_) add(run.begin, run.end);
}

void Coverage::remove(std::uint64_t begin, std::uint64_t end) {
    if (runs_.empty() || runs_.back().end <= begin || begin >= end) return;
    std::vector<Run> left;
    for (const Run& run : runs_) {
        if (run.begin < begin) left.push_back({.begin = run.begin, .end = std::min(run.end, begin)});
        if (run.end > end) left.push_back({.begin = std::max(run.begin, end), .end = run.end});
    }
    set_runs(std::move(left));
}

void Coverage::clear() {
    set_runs({});
}

std::uint64_t Coverage::gapless_from(std::uint64_t from) const {
    const auto run = std::ranges::lower_bound(runs_, from, {}, &Run::end);
    return run == runs_.end() || run->begin > from ? from : run->end;
}

}  // namespace burnbox::upload
