#include "common/base/published.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <type_traits>
#include <vector>

using namespace burnbox;

namespace {

struct Pair {
    int first = 0, second = 0;
};

// What a temporary snapshot shows can't be taken out of it: it might be gone with it.
template <typename S>
concept LooksInto = requires(S&& snapshot) { std::forward<S>(snapshot)->first; };

}  // namespace

TEST_CASE("published: a snapshot stays as it was, the next one is new") {
    Published<Pair> value(Pair{1, 1});
    const Snapshot<Pair> before = value.snapshot();
    const std::uint64_t generation = value.generation();
    value.publish({2, 2});
    CHECK(before->first == 1);
    CHECK((*before).second == 1);
    const Snapshot<Pair> after = value.snapshot();
    CHECK(after->first == 2);
    CHECK(value.generation() != generation);
}

TEST_CASE("published: what is seen under a generation is never older than it") {
    Published<Pair> value(Pair{1, 1});
    const std::uint64_t generation = value.generation();
    value.publish({2, 2});  // between the two questions
    const Snapshot<Pair> seen = value.snapshot();
    CHECK(seen->first == 2);
    CHECK(value.generation() != generation);  // so it is asked for again
}

TEST_CASE("published: a temporary snapshot can't be looked into") {
    CHECK(LooksInto<const Snapshot<Pair>&>);
    CHECK_FALSE(LooksInto<Snapshot<Pair>>);
}

TEST_CASE("published: readers on other threads see whole values, in order") {
    Published<Pair> value(Pair{0, 0});
    constexpr int kLast = 20'000;
    std::vector<std::jthread> readers;
    std::atomic<int> wrong = 0;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            for (int last = 0; last < kLast;) {
                const Snapshot<Pair> seen = value.snapshot();
                if (seen->first != seen->second || seen->first < last) ++wrong;
                last = seen->first;
            }
        });
    for (int i = 1; i <= kLast; ++i) value.publish({i, i});
    readers.clear();
    CHECK(wrong == 0);
}
