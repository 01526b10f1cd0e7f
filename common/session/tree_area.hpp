// The blocks of a disc session from its start to the first file's content: system area, volume descriptors,
// path tables and all folders (ECMA-119, with Rock Ridge and Joliet). No seal record covers them, so what was
// burned is remembered, for the read-back to find a single wrong bit.
#pragma once

#include <cstdint>

#include "common/base/digest.hpp"

namespace burnbox {

struct TreeArea {
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;
    Sha256 sha256;  // of the blocks, taken from the stream on its way to the disc

    bool operator==(const TreeArea&) const = default;
};

}  // namespace burnbox
