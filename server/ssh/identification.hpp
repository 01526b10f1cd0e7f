// The first line of a client (RFC 4253 4.2), judged before anything is done for it. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace burnbox {

enum class Identification : std::uint8_t {
    incomplete,  // it may still become one
    ssh2,        // a whole line of a client of protocol 2
    ssh1,        // of one that knows only protocol 1
    other,       // no SSH client
};

// At most so many bytes of the client's first are looked at; a longer line is none.
inline constexpr std::size_t kLongestIdentification = 255;

[[nodiscard]] Identification read_identification(std::string_view bytes);

}  // namespace burnbox
