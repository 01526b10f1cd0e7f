// Digests of other algorithms than SHA-256, as bags of others list them (RFC 8493 2.4): only to compare.
#pragma once

#include <string>
#include <string_view>

#include "common/storage/file_system.hpp"

namespace burnbox {

// By its name in a bag's file names, in lower case: "md5", "sha1", "sha512" ... Whether it can be computed
// here.
[[nodiscard]] bool is_known_algorithm(std::string_view algorithm);

// Of a whole file, in lower-case hexadecimal. Errors: invalid when the algorithm is not known; those of
// reading. Blocks for as long as that takes.
[[nodiscard]] Result<std::string> listed_digest(File& file, std::string_view algorithm);

}  // namespace burnbox
