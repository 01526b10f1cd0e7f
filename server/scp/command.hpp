// What a client's `scp -O` asks the server to run, and the lines of the rcp protocol it then speaks. Pure
// parsers; the protocol has no specification, its reference is OpenSSH's scp.c (sink, source) and BSD's rcp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/error.hpp"

namespace burnbox::scp {

struct Command {
    bool sink = false;  // -t: to us; else -f: from us
    bool recursive = false;
    bool preserve = false;
    bool folder_wanted = false;      // -d: the target must be a folder
    std::vector<std::string> paths;  // one for -t, at least one for -f; none is empty
};

// argv of `scp [-rpdqv] -t PATH` or `-f PATH...`, argv[0] included. Anything else is Errc::invalid.
[[nodiscard]] Result<Command> parse_command(const std::vector<std::string>& argv);

inline constexpr std::size_t kLongestLine = 4096;

// "C0644 5 name" and "D0755 0 name", without the letter.
struct Entry {
    std::uint32_t mode = 0;
    std::uint64_t size_bytes = 0;
    std::string name;  // never empty, ".", ".." or with a '/'
};
[[nodiscard]] Result<Entry> parse_entry(std::string_view line);

// "T1183828267 0 1183828267 0", without the letter: mtime, atime.
struct Times {
    Timestamp mtime, atime;
};
[[nodiscard]] Result<Times> parse_times(std::string_view line);

}  // namespace burnbox::scp
