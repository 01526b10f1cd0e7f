// What a whole session must fulfil before it is sealed: its checksum list, its own bag, a disc that can hold
// it, and that the same is not on a disc yet. Runs on the disk pool. Blocks.
#pragma once

#include "server/seal/seal_content.hpp"

namespace burnbox::upload {

inline constexpr std::uint64_t kMostListBytes = 256ULL << 20U;  // a million files with long names

// How a checksum list compares with the session's files. Pure.
struct SumsFindings {
    std::vector<std::string> missing;  // listed, not there
    std::vector<std::string> wrong;    // listed with another digest
    std::vector<std::string> extra;    // there, not listed
    std::vector<std::string> outside;  // listed by a path that leaves the session, or goes through a link
};
[[nodiscard]] Result<SumsFindings> compare_with_sums(const Manifest& manifest, std::string_view list);

[[nodiscard]] SealStep<void> check_seal_rules(const SealOrigin& origin, const OpenSession& session,
                                              const SealRequest& request, const SealContent& content);

// Whether a marker or a command that comes again may mean this session: it waits for its disc, or was burned
// in the last 24 hours.
[[nodiscard]] bool was_sealed_lately(const SessionRow& row, Timestamp now);

// The sealed session that this marker was sent for a second time, if it was: of that name and marker, sealed
// lately.
[[nodiscard]] Result<std::optional<SessionRow>> find_sent_twice(const UploadServices& services,
                                                                const std::string& account,
                                                                const std::string& session,
                                                                const Marker& marker);

}  // namespace burnbox::upload
