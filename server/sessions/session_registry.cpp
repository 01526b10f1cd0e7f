#include "server/sessions/session_registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/rules/marker_rule.hpp"

namespace burnbox::upload {

std::uint64_t Account::used_bytes() const {
    std::uint64_t sum = open_bytes;
    for (const auto& [disc_name, bytes] : queued_bytes) sum += bytes;
    return sum;
}

Status Account::charge(std::uint64_t more_bytes) {
    const std::uint64_t quota = more_bytes > 0 ? terms.quota_bytes() : 0;
    if (quota != 0) {
        const std::uint64_t used = used_bytes();
        if (used > quota || more_bytes > quota - used)
            return fail(
                Errc::quota,
                fmt::format(
                    "{} of the quota of {} are used and {} more don't fit: delete something, wait for "
                    "the burner, or ask for more (accounts.{}.quota)",
                    human_bytes(used), human_bytes(quota), human_bytes(more_bytes), name));
    }
    open_bytes += more_bytes;
    return {};
}

Status Account::charge(SessionFiles& files, FileRecord& record, std::uint64_t size_bytes) {
    if (size_bytes > record.size_bytes()) {
        BB_CHECK(charge((size_bytes - record.size_bytes()) * record.names()));
        files.counted(record, size_bytes);
    } else {
        set_size(files, record, size_bytes);
    }
    return {};
}

void Account::set_size(SessionFiles& files, FileRecord& record, std::uint64_t size_bytes) {
    release(record.size_bytes() * record.names());
    open_bytes += size_bytes * record.names();
    files.counted(record, size_bytes);
}

void Account::release(std::uint64_t bytes) {
    open_bytes -= std::min(bytes, open_bytes);
}

Completion Account::completion_by(ConnectionId connection, std::uint64_t now) const {
    const auto found = connections.find(connection);
    if (found == connections.end()) return {.now = now};
    return {.now = now, .sender_opened = found->second.opened, .sender_opened_at = found->second.opened_at};
}

Status Account::check_session_room(const Limits& limits) const {
    if (sessions.size() < limits.sessions) return {};
    return fail(Errc::limit, fmt::format("{} sessions are open: burn or delete some before you begin another "
                                         "(limits.sessions)",
                                         sessions.size()));
}

Status Account::check_file_room(const Limits& limits, std::size_t more) const {
    std::size_t files = more;
    for (const auto& [session_name, session] : sessions) files += session->files.count();
    if (files < limits.files) return {};
    return fail(Errc::limit,
                fmt::format("the open sessions have {} files: burn or delete some before you send more "
                            "(limits.files)",
                            files));
}

std::shared_ptr<Account> SessionRegistry::account(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& slot = accounts_[name];
    if (!slot) slot = std::make_shared<Account>(name, services.config);
    return slot;
}

std::vector<std::shared_ptr<Account>> SessionRegistry::accounts() {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Account>> all;
    all.reserve(accounts_.size());
    for (const auto& [name, account] : accounts_) all.push_back(account);
    return all;
}

Status SessionRegistry::sync_inbox(std::uint64_t failures_seen) {
    const std::lock_guard one_at_a_time(sync_mutex_);
    const std::string lost =
        "the disk failed to keep what was received: send the files again, then the marker";
    if (sync_failures_ != failures_seen) return fail(Errc::io, lost);
    Status synced = inbox().sync_all();
    if (synced) return {};
    synced.error().message += "; " + lost;
    ++sync_failures_;
    for (const std::shared_ptr<Account>& one : accounts()) {
        const std::lock_guard lock(one->mutex);
        for (const auto& [name, session] : one->sessions) session->files.lost_all();
    }
    return synced;
}

std::shared_ptr<OpenSession> SessionRegistry::find_session(Account& account, const std::string& name) {
    if (is_hidden_folder(name)) return nullptr;
    const auto found = account.sessions.find(name);
    if (found != account.sessions.end() && found->second->phase != Phase::open) return found->second;
    const auto info = inbox().info(join_path(account.name, name));
    const bool there = info && info->type == FileType::folder;
    const bool unknown = !info && info.error().code != Errc::not_found;
    if (found != account.sessions.end()) {
        // A look that failed is no reason to forget which of its files are whole.
        if (there || unknown) return found->second;
        // Somebody removed it behind our back.
        found->second->phase = Phase::gone;
        account.release(found->second->files.bytes());
        account.sessions.erase(found);
        return nullptr;
    }
    if (!there || parse_folder(name).state != FolderState::open) return nullptr;
    auto session = std::make_shared<OpenSession>(services.state_fs, account.name, name);
    account.sessions.emplace(name, session);
    for (auto& [id, connection] : account.connections) {
        const auto early = connection.missed_early.extract(name);
        if (early.empty()) continue;
        for (const std::string& path : early.mapped()) session->files.missed(path);
    }
    return session;
}

void SessionRegistry::listen() {
    subscription_ = services.events.subscribe([weak = weak_from_this()](const Event& event) {
        if (event.kind != EventKind::session_burned && event.kind != EventKind::session_failed &&
            event.kind != EventKind::session_queued)
            return;
        const auto registry = weak.lock();
        if (!registry) return;
        registry->services.run_blocking([registry, account = event.account, session = event.session] {
            registry->recount_queued(account, session);
        });
    });
}

// Events may come late or cross each other: what counts is what the catalogue says now.
void SessionRegistry::recount_queued(const std::string& name, const std::string& disc_name) {
    const std::lock_guard in_order(recount_mutex_);
    const auto row = services.catalogue.find_session(name, disc_name);
    if (!row)
        return log::warning("queued bytes not recounted", log::kv("account", name),
                            log::kv("session", disc_name), log::kv(row.error()));
    const auto of = account(name);
    const std::lock_guard lock(of->mutex);
    if (*row && (*row)->staging == services.inbox.area() && counts_as_queued((*row)->state))
        of->queued_bytes[disc_name] = (*row)->bytes;
    else
        of->queued_bytes.erase(disc_name);
}

void SessionRegistry::end_move_later(SessionId session) {
    const std::lock_guard lock(mutex_);
    moves_to_end_.push_back(session);
    if (moves_subscription_) return;
    moves_subscription_ = services.events.subscribe([weak = weak_from_this()](const Event& event) {
        if (event.kind != EventKind::catalogue_error_cleared) return;
        if (const auto registry = weak.lock())
            registry->services.run_blocking([registry] { registry->end_moves(); });
    });
}

void SessionRegistry::end_moves() {
    std::vector<SessionId> sessions;
    {
        const std::lock_guard lock(mutex_);
        sessions.swap(moves_to_end_);
    }
    for (const SessionId session : sessions) {
        const auto row = services.catalogue.session(session);
        if (!row && row.error().code == Errc::not_found) continue;
        const Status ended = row ? services.inbox.finish_move(*row) : Status(std::unexpected(row.error()));
        if (ended) {
            log::info("session move completed", log::kv("session", row->account + "/" + row->disc_name));
            continue;
        }
        log::error("session move not noted", log::kv("session number", session), log::kv(ended.error()));
        const std::lock_guard lock(mutex_);
        moves_to_end_.push_back(session);
    }
    services.wake_burner();
}

bool is_marker_name(const SessionRegistry& registry, std::string_view inside) {
    const ConfigSnapshot config = registry.config();
    return is_marker_name(config->session, inside);
}

bool uses_checksum_list(const SessionRegistry& registry) {
    const ConfigSnapshot config = registry.config();
    return uses_checksum_list(config->session);
}

bool counts_as_queued(SessionState state) {
    return std::ranges::find(kQueuedStates, state) != kQueuedStates.end();
}

}  // namespace burnbox::upload
