#include "server/sessions/sealing_names.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using namespace burnbox;

TEST_CASE("sealing names: one at a time holds a name, others go on") {
    SealingNames names;
    std::optional<SealingNames::Hold> first(std::in_place, names, "alice", "holiday");
    const SealingNames::Hold other(names, "alice", "letters");
    const SealingNames::Hold neighbour(names, "bob", "holiday");
    std::atomic<bool> released{false};
    std::vector<std::jthread> waiting;
    std::atomic<int> inside{0};
    for (int i = 0; i < 3; ++i)
        waiting.emplace_back([&] {
            const SealingNames::Hold mine(names, "alice", "holiday");
            CHECK(released);
            CHECK(++inside == 1);
            std::this_thread::yield();
            --inside;
        });
    std::this_thread::yield();
    released = true;
    first.reset();
}
