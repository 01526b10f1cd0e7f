#pragma once

#include <cstdint>

#include "common/base/digest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

struct ContentDigest {
    Sha256 sha256;
    std::uint64_t size_bytes = 0;  // that were read
};
// Of an open file, from its beginning to its end, whatever its `likely_bytes` are. Errors: those of reading.
// Blocks for as long as that takes.
[[nodiscard]] Result<ContentDigest> digest_content(File& file, std::uint64_t likely_bytes);

}  // namespace burnbox
