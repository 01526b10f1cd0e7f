// Keeps memcpy fast on AMD processors. glibc copies more than 2 KiB with `rep movsb` there, which runs at 2
// GB/s instead of 45 when the destination lies 1 to 31 bytes further in its page than the source, and behind
// the headers of SSH packets that is the usual case: it took 30 % of an upload's CPU time. glibc can be told
// to copy in another way, but only from the environment and only when a program starts; so the program starts
// itself once more. glibc 2.39 chooses well by itself; there this changes nothing.
#pragma once

#include <optional>
#include <string>

namespace burnbox {

// What GLIBC_TUNABLES should say when it says `now` (nullptr: it is not set). Nothing: leave it as it is;
// whoever set the same tunable knows better.
[[nodiscard]] std::optional<std::string> tunables_for_fast_copies(const char* now);

// Replaces this process by the same program with the same arguments, once, where that helps; else it returns.
// Before anything else in main(): there are no threads yet and nothing is open.
void start_with_fast_copies(char** argv);

}  // namespace burnbox
