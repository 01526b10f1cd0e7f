// From "this is a marker" to the sealer's job on the disk pool, and back to everybody who waits for its
// answer.
#pragma once

#include <memory>
#include <string>

#include "server/seal/seal_origin.hpp"

namespace burnbox::upload {

struct SealRequest {
    enum class By : std::uint8_t { marker, any_file, command };
    By by = By::marker;
    std::string marker;          // path in the session; "" for the command
    bool again = false;          // content that is on a disc already may be burned once more
    Timestamp sender_opened_at;  // By::any_file: files that are newer speak against it
    std::string problem{};       // what somebody else found wrong with the session: refused with this reason
};

// origin->mutex() held, the session open or sealing. Refuses changes from now on; when the background hashes
// are done the sealer runs on the disk pool. A marker that comes while one is being answered gets the same
// answer.
void start_seal(const std::shared_ptr<SealOrigin>& origin, const std::shared_ptr<OpenSession>& session,
                const SealRequest& request, Done done, AfterUnlock& after);
// The same of an account's inbox.
void start_seal(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const SealRequest& request, Done done,
                AfterUnlock& after);

// Hashes a file that did not come in order, in the background. Account locked.
void hash_later(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const std::string& path, AfterUnlock& after);

}  // namespace burnbox::upload
