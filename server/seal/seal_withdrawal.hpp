// A seal that is committed, but whose folder did not get its name durably: the row goes again, and the
// session is open as before. When the row stays, the session stays sealed: it is burned once, after the next
// start at the latest. Runs on the disk pool. Blocks.
#pragma once

#include "server/seal/seal_origin.hpp"

namespace burnbox::upload {

// `error` is why. Success means that the session is sealed after all.
[[nodiscard]] SealStep<void> withdraw_seal(SealOrigin& origin, OpenSession& session, const SessionRow& row,
                                           Error error);

}  // namespace burnbox::upload
