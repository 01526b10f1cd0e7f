// Waiting for what another thread does: polls, and gives up only when something is wrong.
#pragma once

#include <chrono>
#include <thread>

namespace burnbox::test {

template <typename Outcome>
bool wait_until(Outcome&& outcome, std::chrono::seconds most = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (!outcome()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace burnbox::test
