// What the known messages of libburn, libisofs and drives mean, for people who read them in a failed
// session's text. Pure.
#pragma once

#include <string>

namespace burnbox {

// The message, and behind it a plain sentence when it is a known one.
[[nodiscard]] std::string with_plain_words(const std::string& message);

}  // namespace burnbox
