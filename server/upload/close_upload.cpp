#include "server/upload/close_upload.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/refusal/seal_gaps.hpp"
#include "server/seal/seal_rules.hpp"
#include "server/seal/seal_start.hpp"

namespace burnbox::upload {
namespace {

// What a second handle on the marker is told: what the first one was.
void answer_like_marker(OpenSession& session, Done done, AfterUnlock& after) {
    if (session.phase == Phase::sealing) {
        session.waiting.push_back(std::move(done));
    } else if (session.phase == Phase::sealed) {
        after.add([done = std::move(done), answer = session.sealed_answer] { done(answer); });
    } else if (session.last_refusal) {
        after.add([done = std::move(done), error = *session.last_refusal] { done(std::unexpected(error)); });
    } else {
        after.add([done = std::move(done)] {
            done(fail(Errc::conflict, "the seal was not finished; send the marker again"));
        });
    }
}

void note_closed(Account& account, OpenSession& session, const std::string& path, FileRecord& record,
                 const WriteHandle& handle, const WriteHandle::Finished& finished, std::uint64_t now) {
    account.set_size(session.files, record, finished.info.size_bytes);
    session.files.closed(path, handle.id(), finished.info, finished.digest,
                         account.completion_by(handle.connection(), now));
}

// The plain file directly in the session that we know of, when it is the only one.
struct TopFile {
    std::string path;
    const FileRecord* record = nullptr;
};

TopFile only_top_file(const OpenSession& session) {
    TopFile found;
    for (const auto& [path, record] : session.files.all()) {
        if (path.find('/') != std::string::npos || is_own_file(path)) continue;
        if (found.record != nullptr) return {};
        found = {.path = path, .record = record.get()};
    }
    return found;
}

// What its sender may take for a marker is told at once why it will be none.
std::string any_file_text(const SessionRegistry& registry, const OpenSession& session,
                          const std::string& path) {
    const ConfigSnapshot current = registry.config();
    const SessionConfig& config = current->session;
    if (!config.any_file || path.find('/') != std::string::npos || is_ignored(config, path)) return {};
    if (session.files.count() < 2 || only_top_file(session).path != path) return {};
    const std::string why = append_reason(cut_off_text(session, path), missed_text(session));
    return why.empty() ? why : fmt::format("{} can't be sealed yet: {}", escape(session.name), why);
}

bool list_top(SessionRegistry& registry, const Account& account, OpenSession& session, AnyFileFacts& facts) {
    const std::string top = join_path(account.name, session.name);
    const auto folder = registry.inbox().open_folder(top);
    if (!folder) return false;
    for (;;) {
        const auto page = (*folder)->next(256);
        if (!page) return false;
        if (page->empty()) return true;
        for (const DirEntry& entry : *page) {
            if (is_own_file(entry.name)) continue;
            if (entry.type == FileType::folder) {
                facts.folder_beside = true;
                continue;
            }
            if (entry.type != FileType::file) continue;
            AnyFileFacts::TopFile file{.name = entry.name};
            if (const FileRecord* const record = session.find(entry.name)) {
                file.whole = record->state() == FileState::whole;
                file.sender_opened = record->completion().sender_opened;
            }
            facts.top_files.push_back(std::move(file));
            if (facts.top_files.size() > 1) return true;  // it is decided
        }
    }
}

// The marker of the session that had this name before, over a connection that has nothing to do with the new
// one: a reply was lost, say, and its client tries again.
bool may_be_repeated(const Account& account, const OpenSession& session, ConnectionId id,
                     const std::optional<Sha256>& digest) {
    const auto connection = account.connections.find(id);
    if (connection == account.connections.end() || !digest) return false;
    const auto sealed = connection->second.sealed_by.find(session.name);
    return sealed != connection->second.sealed_by.end() && sealed->second == *digest;
}

struct MarkerSent {
    std::string path;
    Sha256 digest;
    ConnectionId connection = 0;
};

// The disk pool. It leaves no trace in the new session when it is a repeated one, else it counts there.
void answer_or_seal(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                    const std::shared_ptr<OpenSession>& session, const MarkerSent& sent, Done done) {
    Marker marker;
    marker.sha256 = sent.digest;
    const auto twice = find_sent_twice(registry->services, account->name, session->name, marker);
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    if (session->phase != Phase::open) return answer_like_marker(*session, std::move(done), after);
    if (!twice || !*twice) {
        session->files.taken_as_marker(sent.path);
        return start_seal(
            registry, account, session,
            {.by = SealRequest::By::marker, .marker = sent.path, .again = false, .sender_opened_at = {}},
            std::move(done), after);
    }
    Status removed = registry->inbox().remove(join_path(join_path(account->name, session->name), sent.path));
    if (removed || removed.error().code == Errc::not_found) account->release(session->forget(sent.path));
    session->writers.erase(sent.connection);
    log::info("marker sent twice", log::kv("account", account->name), log::kv("session", session->name));
    after.add([done = std::move(done), name = session->name] {
        done(fmt::format("{} is already sealed", escape(name)));
    });
}

}  // namespace

bool is_complete_marker(const SessionRegistry& registry, OpenSession& session, const std::string& path) {
    if (!is_marker_name(registry, path)) return false;
    const FileRecord* const record = session.find(path);
    return record == nullptr || record->is_at_rest();
}

void close_upload(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                  std::unique_ptr<WriteHandle> handle, Done done) {
    const auto finished = handle->finish();
    const std::shared_ptr<OpenSession> session = handle->session();
    if (!finished) {
        handle.reset();  // counts as cut off
        done(std::unexpected(finished.error()));
        return;
    }
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    const auto entry = session->handles.find(handle->id());
    BB_ASSERT(entry != session->handles.end());
    const std::string path = entry->second.path;
    session->handles.erase(entry);
    FileRecord* const record = path.empty() ? nullptr : session->find(path);
    if (finished->shut == WriteGate::Shut::sealed || session->phase == Phase::sealed) {
        session->files.let_go(path, handle->id());
        answer_like_marker(*session, std::move(done), after);
        return;
    }
    if (finished->shut == WriteGate::Shut::sent_anew) {
        after.add([done = std::move(done)] {
            done(fail(Errc::conflict, "the file is being sent anew by another request"));
        });
        return;
    }
    if (record == nullptr) {  // removed meanwhile
        after.add([done = std::move(done)] { done(std::string()); });
        return;
    }
    note_closed(*account, *session, path, *record, *handle, *finished, registry->tick());
    if (record->state() == FileState::lost) {
        after.add([done = std::move(done)] {
            done(fail(Errc::io,
                      "what came of it before may be damaged on the disk: send it anew, from its beginning"));
        });
        return;
    }
    const bool is_marker = is_marker_name(*registry, path);
    if (is_marker && session->phase == Phase::open &&
        may_be_repeated(*account, *session, handle->connection(), finished->digest)) {
        const MarkerSent sent{.path = path, .digest = *finished->digest, .connection = handle->connection()};
        after.add([registry, account, session, sent, done = std::move(done)] {
            registry->services.run_blocking([registry, account, session, sent, done] {
                answer_or_seal(registry, account, session, sent, done);
            });
        });
        return;
    }
    if (is_marker) {
        session->files.taken_as_marker(path);
        start_seal(registry, account, session,
                   {.by = SealRequest::By::marker, .marker = path, .again = false, .sender_opened_at = {}},
                   std::move(done), after);
        return;
    }
    if (record->is_at_rest() && !record->has_digest()) hash_later(registry, account, session, path, after);
    after.add([done = std::move(done), text = any_file_text(*registry, *session, path)] { done(text); });
}

void look_for_any_file(const std::shared_ptr<SessionRegistry>& registry,
                       const std::shared_ptr<Account>& account, const std::shared_ptr<OpenSession>& session,
                       AfterUnlock& after) {
    const ConfigSnapshot config = registry->config();
    if (!config->session.any_file || session->phase != Phase::open || session->leased ||
        !account->terms.rights().upload)
        return;
    AnyFileFacts facts;
    facts.writers_closed = session->writers.empty();
    facts.rest_completed = session->folders_completed;
    const TopFile candidate = only_top_file(*session);
    if (candidate.record == nullptr || candidate.record->completion().sender_opened == 0) return;
    for (const auto& [path, record] : session->files.all()) {
        if (path == candidate.path || is_own_file(path)) continue;
        facts.data_below = true;
        facts.rest_completed = std::max(facts.rest_completed, record->completion().now);
    }
    if (!facts.writers_closed || !facts.data_below) return;
    if (!list_top(*registry, *account, *session, facts)) return;
    const auto marker = marker_by_any_file(config->session, facts);
    if (!marker) return;
    const auto answer = [name = account->name,
                         session_name = session->name](const Result<std::string>& result) {
        if (!result)
            log::warning("marker refused", log::kv("account", name), log::kv("session", session_name),
                         log::kv(result.error()));
    };
    start_seal(registry, account, session,
               {.by = SealRequest::By::any_file,
                .marker = *marker,
                .again = false,
                .sender_opened_at = candidate.record->completion().sender_opened_at},
               answer, after);
}

}  // namespace burnbox::upload
