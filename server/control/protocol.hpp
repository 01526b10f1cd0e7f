// What is said on state_dir/control.sock: JSON, one object a line, one request per connection.
//     client: {"argv": ["burn", "alice/holiday", "--wait"]}
//     server: {"out": TEXT} and {"error": LINE}, any number, in order, then {"exit": CODE}, and it closes.
// The client keeps its end open while it waits; closing it is how it goes away. Lines are bounded. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

inline constexpr std::size_t kRequestLineBytes = 64U << 10U;
inline constexpr std::size_t kReplyTextBytes = 32U << 10U;   // longer output is sent as several lines
inline constexpr std::size_t kReplyLineBytes = 256U << 10U;  // every byte of the text may need six in JSON

struct OutReply {
    std::string text;
    bool operator==(const OutReply&) const = default;
};
struct ErrorReply {
    std::string line;
    bool operator==(const ErrorReply&) const = default;
};
struct ExitReply {
    int code = 0;
    bool operator==(const ExitReply&) const = default;
};
using ControlReply = std::variant<OutReply, ErrorReply, ExitReply>;

// With the line's end.
[[nodiscard]] std::string to_request_line(const std::vector<std::string>& argv);
// Without it. Errors: Errc::invalid.
[[nodiscard]] Result<std::vector<std::string>> parse_request_line(std::string_view line);

// One or several lines, with their ends: long text is split between characters.
[[nodiscard]] std::string to_reply_lines(const ControlReply& reply);
[[nodiscard]] Result<ControlReply> parse_reply_line(std::string_view line);

}  // namespace burnbox
