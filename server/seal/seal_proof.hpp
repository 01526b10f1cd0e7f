// What a checksum list proves at the seal: files that were cut off, and that have arrived all the same.
#pragma once

#include "server/seal/seal_start.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

// Reads the files that are not whole and that SHA256SUMS lists; those that match are whole from now on. A
// list that is cut off itself, or can't be read, proves nothing. Requires Phase::sealing and no lock. Blocks.
void prove_by_list(const SealOrigin& origin, OpenSession& session, const SealRequest& request);

// Account locked. Whether a complete SHA256SUMS lies in the session, so that it can say what is missing.
[[nodiscard]] bool has_list(const SessionRegistry& registry, OpenSession& session,
                            const SealRequest& request);

}  // namespace burnbox::upload
