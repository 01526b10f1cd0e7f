#include "server/upload/seal_start.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "server/upload/hash_files.hpp"
#include "server/upload/sealer.hpp"

namespace burnbox::upload {
namespace {

void run_sealer(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const SealRequest& request) {
    core->services.run_blocking(
        [core, account, session, request] { Sealer(core, account, session, request).run(); });
}

// The record that a hash was asked for: its file may have another name by now.
FileRecord* find_completed(OpenSession& session, std::string& path, std::uint64_t completed) {
    if (FileRecord* const record = session.find(path); record != nullptr && record->completed == completed)
        return record;
    const auto found = std::ranges::find_if(
        session.files, [&](const auto& one) { return one.second.completed == completed; });
    if (found == session.files.end()) return nullptr;
    path = found->first;
    return &found->second;
}

// Takes the digest into the record that the hash was asked for, if that is still the same content.
void keep_background_hash(OpenSession& session, std::string path, std::uint64_t completed,
                          const Result<HashedFile>& hashed) {
    if (!hashed) return;  // the seal reads it again and says what is wrong
    FileRecord* const record = find_completed(session, path, completed);
    if (record == nullptr || record->state != FileState::whole || record->writers != 0 ||
        record->stamp != stamp_of(hashed->info))
        return;
    record->digest = hashed->sha256;
    session.journal.closed(path, hashed->info.size_bytes, hashed->sha256);
}

void hash_in_background(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                        const std::shared_ptr<OpenSession>& session, std::string path,
                        std::uint64_t completed) {
    std::string fs_path;
    {
        const std::lock_guard lock(account->mutex);
        if (find_completed(*session, path, completed) != nullptr)
            fs_path = join_path(join_path(account->name, session->name), path);
    }
    Result<HashedFile> hashed = fail(Errc::not_found, "the file was removed");
    if (!fs_path.empty()) hashed = hash_file(core->inbox(), fs_path);
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    if (session->phase == Phase::open || session->phase == Phase::sealing)
        keep_background_hash(*session, path, completed, hashed);
    if (--session->pending_hashes == 0 && session->when_hashed)
        after.add(std::exchange(session->when_hashed, nullptr));
}

}  // namespace

void start_seal(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const SealRequest& request, Done done,
                AfterUnlock& after) {
    session->waiting.push_back(std::move(done));
    if (session->phase == Phase::sealing) return;
    session->phase = Phase::sealing;
    session->last_refusal.reset();
    auto run = [core, account, session, request] { run_sealer(core, account, session, request); };
    if (session->pending_hashes == 0)
        after.add(std::move(run));
    else
        session->when_hashed = std::move(run);
}

void hash_later(const std::shared_ptr<Core>& core, const std::shared_ptr<Account>& account,
                const std::shared_ptr<OpenSession>& session, const std::string& path, AfterUnlock& after) {
    const FileRecord* const record = session->find(path);
    if (record == nullptr) return;
    ++session->pending_hashes;
    after.add([core, account, session, path, completed = record->completed] {
        core->services.run_blocking([core, account, session, path, completed] {
            hash_in_background(core, account, session, path, completed);
        });
    });
}

}  // namespace burnbox::upload
