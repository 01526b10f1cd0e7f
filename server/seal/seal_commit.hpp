// The commit point of a seal: its record, durably, then its row in the catalogue, which names the folder as
// it is and the folder it will be. Runs on the disk pool. Blocks.
#pragma once

#include <string>

#include "server/seal/seal_content.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

// Requires that everything in the session is synced. After an error there is no row, as far as the
// catalogue could be asked.
[[nodiscard]] SealStep<SessionRow> commit_seal(const SealOrigin& origin, const OpenSession& session,
                                               const SealContent& content);

// What whoever sent the marker is told: "holiday is sealed as holiday-2".
[[nodiscard]] std::string sealed_sentence(const SessionRow& row);

}  // namespace burnbox::upload
