// The content of a session at its seal: what is whole, what can go on a disc, and every digest. Runs on the
// disk pool while the session refuses changes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/session/sealed_session.hpp"
#include "server/files/session_walk.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/seal/seal_start.hpp"

namespace burnbox::upload {

struct SealContent {
    Manifest manifest;  // without the marker, unless that is a checksum list
    Marker marker;
    FileInfo marker_info;
    std::string pool{};                  // the origin's at this seal: it must fit there, and is burned there
    bool only_marker = false;            // nothing else is in the folder
    std::vector<WalkEntry> seen{};       // where others write: what was read, to see whether it stays so
    std::vector<std::string> removed{};  // SealedSession::removed
    bool is_part = false;  // of a larger tree: checksum lists and bags in it speak of more than is here
    std::optional<std::vector<std::string>> disks{};  // other_disks; nothing: only that of its folder
    std::string missed{};                             // missed_text of the session: a list must fit
};

// Whether some disc of the pool can hold this; only the sizes of files are asked for. Blocks.
[[nodiscard]] SealStep<void> check_fits(const SealOrigin& origin, const OpenSession& session,
                                        const std::string& pool, const Manifest& manifest);

// Requires Phase::sealing and no lock. Digests found on the way are kept in the session's records. Blocks.
[[nodiscard]] SealStep<SealContent> read_seal_content(const SealOrigin& origin, OpenSession& session,
                                                      const SealRequest& request);

// Where nobody is kept from writing: whether it is still what was read. Errc::conflict when not. Blocks.
[[nodiscard]] SealStep<void> check_unchanged(const SealOrigin& origin, const OpenSession& session,
                                             const SealContent& content);

// Names that no disc can hold get others; the manifest keeps both. Pure.
void rename_for_disc(Manifest& manifest);

}  // namespace burnbox::upload
