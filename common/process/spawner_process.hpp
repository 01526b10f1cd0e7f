// The spawner's own process: waits for requests, starts programs, reports how they ended. It has no threads.
// What those programs leave behind becomes its children, whatever groups and sessions they made, so that at
// the end it finds all of them.
#pragma once

#include <cstdint>

#include "common/base/unique_fd.hpp"

namespace burnbox {

// A request: SpawnRequest, then argv and the environment as NUL-terminated strings, with descriptors: the
// child's standard input, its standard output, the socket where the answers about it go, and its standard
// error when that is not the spawner's. First answer: SpawnAnswer, with a pidfd when the child runs. Second:
// its exit code.
inline constexpr std::size_t kMostRequestBytes = 64U << 10U;

inline constexpr std::int32_t kGroupEndsWithLeader = 2;

struct SpawnRequest {
    std::int32_t arguments = 0;
    std::int32_t variables = -1;  // -1 = the spawner's environment
    std::int32_t own_group = 0;   // 1, or kGroupEndsWithLeader
    std::int32_t outlives_spawner = 0;
};

struct SpawnAnswer {
    std::int32_t sys_errno = 0;  // of the fork or exec that failed
};

// Runs until the other end of `socket` is closed, then kills what it started and exits. Does not return.
[[noreturn]] void run_spawner_process(UniqueFd socket);

}  // namespace burnbox
