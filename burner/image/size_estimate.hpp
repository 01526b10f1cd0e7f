// How large a session gets on a disc, before libisofs can say it exactly: never too small. Pure.
#pragma once

#include <cstdint>

#include "common/session/manifest.hpp"

namespace burnbox {

// Bytes of a disc session that holds only this session: every file rounded up to sectors, the trees of ISO
// 9660 and Joliet, the bag's tag files, descriptors and padding.
[[nodiscard]] std::uint64_t estimate_session_bytes(const Manifest& manifest);

}  // namespace burnbox
