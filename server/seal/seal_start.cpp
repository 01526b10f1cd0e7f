#include "server/seal/seal_start.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "server/files/hash_files.hpp"
#include "server/seal/inbox_origin.hpp"
#include "server/seal/sealer.hpp"

namespace burnbox::upload {
namespace {

void hash_in_background(const std::shared_ptr<SessionRegistry>& registry,
                        const std::shared_ptr<Account>& account, const std::shared_ptr<OpenSession>& session,
                        const std::string& path, std::uint64_t completed) {
    std::string fs_path;
    {
        const std::lock_guard lock(account->mutex);
        if (const auto now = session->files.path_completed(path, completed))
            fs_path = join_path(join_path(account->name, session->name), *now);
    }
    Result<HashedFile> hashed = fail(Errc::not_found, "the file was removed");
    if (!fs_path.empty()) hashed = hash_file(registry->inbox(), fs_path);
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    // When it can't be read now the seal says what is wrong.
    if (hashed && (session->phase == Phase::open || session->phase == Phase::sealing))
        session->files.hashed(path, completed, *hashed);
    if (--session->pending_hashes == 0 && session->when_hashed)
        after.add(std::exchange(session->when_hashed, nullptr));
}

}  // namespace

void start_seal(const std::shared_ptr<SealOrigin>& origin, const std::shared_ptr<OpenSession>& session,
                const SealRequest& request, Done done, AfterUnlock& after) {
    session->waiting.push_back(std::move(done));
    if (session->phase == Phase::sealing) return;
    session->phase = Phase::sealing;
    session->last_refusal.reset();
    session->marker_asked = request.marker;
    auto run = [origin, session, request] {
        origin->services().run_blocking(
            [origin, session, request] { Sealer(*origin, *session, request).run(); });
    };
    if (session->pending_hashes == 0)
        after.add(std::move(run));
    else
        session->when_hashed = std::move(run);
}

void start_seal(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const SealRequest& request, Done done,
                AfterUnlock& after) {
    start_seal(std::make_shared<InboxOrigin>(registry, account), session, request, std::move(done), after);
}

void hash_later(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const std::string& path, AfterUnlock& after) {
    const FileRecord* const record = session->find(path);
    if (record == nullptr) return;
    ++session->pending_hashes;
    after.add([registry, account, session, path, completed = record->completion().now] {
        registry->services.run_blocking([registry, account, session, path, completed] {
            hash_in_background(registry, account, session, path, completed);
        });
    });
}

}  // namespace burnbox::upload
