// Lists in the format of `sha256sum`, as people and their tools write them: the content of a SHA256SUMS
// marker. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/digest.hpp"
#include "common/base/error.hpp"

namespace burnbox {

struct SumLine {
    std::string path;  // without leading "./"
    Sha256 sha256;

    bool operator==(const SumLine&) const = default;
};

// Accepts "  " and " *" before the name, leading "./", CRLF, upper-case digits, GNU escapes (a line that
// begins with a backslash), a byte order mark, blank lines and a missing last newline. Errors: Errc::invalid
// with the line's number.
[[nodiscard]] Result<std::vector<SumLine>> parse_sums(std::string_view text);

}  // namespace burnbox
