// What the messages of the libraries mean, for people who have never heard of sense codes. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "burner/image/sense_code.hpp"

namespace burnbox {

// A sentence for a drive's answer, or for a message of libburn by its number; empty = none is known.
[[nodiscard]] std::string_view plain_words(const std::optional<SenseCode>& sense, int code);

}  // namespace burnbox
