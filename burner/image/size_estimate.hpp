// How large a session gets on a disc, before libisofs can say it exactly: never too small. Pure.
#pragma once

#include <cstdint>

#include "common/session/sealed_session.hpp"

namespace burnbox {

// The tag files of a bag that have a line for every entry.
struct TagFileBytes {
    std::uint64_t entries = 0;   // entries.jsonl
    std::uint64_t manifest = 0;  // manifest-sha256.txt
    std::uint64_t sums = 0;      // SHA256SUMS
    std::uint64_t names = 0;     // names.tsv
    [[nodiscard]] std::uint64_t sum() const { return entries + manifest + sums + names; }
};
[[nodiscard]] TagFileBytes estimate_tag_files(const Manifest& manifest);

// Bytes of a disc session that holds only this session: every file rounded up to sectors, the trees of ISO
// 9660 and Joliet, the bag's tag files, descriptors and padding.
[[nodiscard]] std::uint64_t estimate_session_bytes(const Manifest& manifest);
// The same, with the marker that it has, and what its bag says of sessions before it and of other parts.
[[nodiscard]] std::uint64_t estimate_session_bytes(const SealedSession& session);

}  // namespace burnbox
