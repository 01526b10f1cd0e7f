#include "server/files/coverage.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace burnbox::upload;
using Runs = std::vector<Coverage::Run>;

TEST_CASE("coverage: runs are joined, cut and followed") {
    Coverage all;
    CHECK(all.gapless_from(0) == 0);
    all.add(0, 10);
    all.add(10, 20);
    all.add(30, 40);
    all.add(50, 60);
    CHECK(all.runs() == Runs{{0, 20}, {30, 40}, {50, 60}});
    CHECK(all.gapless_from(0) == 20);
    CHECK(all.gapless_from(20) == 20);
    CHECK(all.gapless_from(25) == 25);
    CHECK(all.gapless_from(35) == 40);
    all.add(15, 35);
    CHECK(all.runs() == Runs{{0, 40}, {50, 60}});
    all.add(40, 50);
    CHECK(all.runs() == Runs{{0, 60}});
    all.remove(10, 20);
    all.clip(50);
    CHECK(all.runs() == Runs{{0, 10}, {20, 50}});
    all.add(5, 5);
    CHECK(all.runs().size() == 2);
    all.clear();
    CHECK(all.runs().empty());
}

TEST_CASE("coverage: whatever is added and removed, it is what a plain set would be") {
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round) {
        Coverage all;
        std::vector<bool> plain(64);
        for (int step = 0; step < 40; ++step) {
            const std::size_t begin = random() % 64, end = begin + random() % (65 - begin);
            const bool adds = random() % 3 != 0;
            if (adds)
                all.add(begin, end);
            else
                all.remove(begin, end);
            for (std::size_t i = begin; i < end; ++i) plain[i] = adds;
            Runs expected;
            for (std::size_t i = 0; i < 64; ++i) {
                if (!plain[i]) continue;
                if (!expected.empty() && expected.back().end == i)
                    ++expected.back().end;
                else
                    expected.push_back({i, i + 1});
            }
            REQUIRE(all.runs() == expected);
        }
    }
}

TEST_CASE("coverage: it is bounded, and knows less beyond that, never more") {
    Coverage all;
    for (std::uint64_t i = 0; i < Coverage::kMost; ++i) all.add(i * 10, i * 10 + 5);
    CHECK(all.runs().size() == Coverage::kMost);
    all.add(1'000'000, 1'000'001);
    CHECK(all.runs() == Runs{{0, 5}});
}
