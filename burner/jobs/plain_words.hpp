// What the messages of libburn mean, in a sentence for people. Pure.
#pragma once

#include <string>

namespace burnbox {

// The message, and after it a sentence for the first sense code in it that is known (SPC-4 annex D, MMC-6
// annex F): "[KEY ASC ASCQ]" as libburn writes it.
[[nodiscard]] std::string in_plain_words(const std::string& message);

}  // namespace burnbox
