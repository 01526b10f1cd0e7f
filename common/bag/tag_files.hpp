// The texts of the files that burnbox adds to what it burns: tag files of bags and lists beside them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/session/sealed_session.hpp"

namespace burnbox {

// A line of manifest-sha256.txt or tagmanifest-sha256.txt, at the end of `out`.
void append_manifest_line(std::string& out, const Sha256& digest, std::string_view prefix,
                          std::string_view path);

// A line of SHA256SUMS, at the end of `out`.
void append_sums_line(std::string& out, const Sha256& digest, std::string_view prefix, std::string_view path);

// The payload as a validator sees it that opens what it finds: a link to a file of the session is one more
// file. Other links have no content to take a digest of; entries.jsonl has them.
struct Payload {
    std::string manifest;  // manifest-sha256.txt
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;
};
[[nodiscard]] Payload payload_manifest(const Manifest& manifest);

[[nodiscard]] std::string bag_info(const SealedSession& session, const Payload& payload);
[[nodiscard]] std::string not_protected_text(const Parity& parity);  // par2/NOT-PROTECTED.txt
// names.tsv: the original names of what a disc can't hold under them; empty when there are none.
[[nodiscard]] std::string names_tsv(const Manifest& manifest, std::string_view prefix);

}  // namespace burnbox
