// A started program brought to its end within a time: for the programs of people (hooks, autoloaders), which
// may hang, fail or talk without end. Blocks; thread: the child's.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/process/spawner.hpp"

namespace burnbox {

inline constexpr std::size_t kMostInputBytes = 60'000;  // fits into a pipe that nobody reads
inline constexpr std::size_t kMostLastWordsBytes = 2'000;

struct ProgramEnd {
    int code = 0;  // 128 + signal when a signal ended it
    bool timed_out = false;
    bool given_up = false;
    std::string last_words;  // the end of what it said on standard error and output; its lines as they came
};

// Gives it `input` (at most kMostInputBytes) and waits; after `limit`, or when `give_up` says so (asked ten
// times a second), it is killed, with its group when it leads one. The caller ignores SIGPIPE. Errors: the
// spawner is gone, or the child can't be killed.
[[nodiscard]] Result<ProgramEnd> end_within(Child& child, std::string_view input,
                                            std::chrono::milliseconds limit,
                                            const std::function<bool()>& give_up = {});

}  // namespace burnbox
