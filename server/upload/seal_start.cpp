#include "server/upload/seal_start.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "server/upload/hash_files.hpp"
#include "server/upload/sealer.hpp"

namespace burnbox::upload {
namespace {

void run_sealer(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const SealRequest& request) {
    core->services.run_blocking([core, account, session, request] { Sealer(core, account, session, request).run(); });
}

// Takes the digest into the record that the hash was asked for, if that is still the same content.
void keep_background_hash(OpenSession& session, std::uint64_t completed, const Result<HashedFile>& hashed) {
    if (!hashed) return;  // the seal reads it again and says what is wrong
    const auto found = std::ranges::find_if(session.files, [&](const auto& one) { return one.second.completed == completed; });
    if (found == session.files.end()) return;
    FileRecord& record = found->second;
    if (record.state != FileState::whole || record.writers != 0 || record.stamp != stamp_of(hashed->info)) return;
    record.digest = hashed->sha256;
    session.journal.closed(found->first, hashed->info.size_bytes, hashed->sha256);
}

void hash_in_background(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                        const std::shared_ptr<OpenSession>& session, std::uint64_t completed) {
    std::string path;
    {
        const std::lock_guard lock(account->mutex);
        const auto found = std::ranges::find_if(session->files, [&](const auto& one) { return one.second.completed == completed; });
        if (found != session->files.end()) path = join_path(join_path(account->name, session->name), found->first);
    }
    Result<HashedFile> hashed = fail(Errc::not_found, "the file was removed");
    if (!path.empty()) hashed = hash_file(core->inbox(), path);
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    if (session->phase == Phase::open || session->phase == Phase::sealing) keep_background_hash(*session, completed, hashed);
    if (--session->pending_hashes == 0 && session->when_hashed) after.add(std::exchange(session->when_hashed, nullptr));
}

}  // namespace

void start_seal(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const SealRequest& request, Done done, AfterUnlock& after) {
    session->waiting.push_back(std::move(done));
    if (session->phase == Phase::sealing) return;
    session->phase = Phase::sealing;
    session->last_refusal.reset();
    auto run = [core, account, session, request] { run_sealer(core, account, session, request); };
    if (session->pending_hashes == 0) after.add(std::move(run));
    else session->when_hashed = std::move(run);
}

void hash_later(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const std::string& path, AfterUnlock& after) {
    const FileRecord* const record = session->find(path);
    if (record == nullptr) return;
    ++session->pending_hashes;
    after.add([core, account, session, completed = record->completed] {
        core->services.run_blocking([core, account, session, completed] { hash_in_background(core, account, session, completed); });
    });
}

}  // namespace burnbox::upload
