// How a program ended, for messages.
#pragma once

#include <string>

namespace burnbox {

// "exit code 3", or "signal 9" for codes above 128 (the code that Child::wait() gives).
[[nodiscard]] inline std::string exit_text(int code) {
    return code > 128 ? "signal " + std::to_string(code - 128) : "exit code " + std::to_string(code);
}

}  // namespace burnbox
