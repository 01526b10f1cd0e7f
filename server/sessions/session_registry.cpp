#include "server/sessions/session_registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "common/storage/existence.hpp"
#include "server/rules/marker_rule.hpp"

namespace burnbox::upload {

namespace {

constexpr std::size_t kMostAway = 64;

}  // namespace

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

Status Account::check_other_room(const Limits& limits, std::size_t more) const {
    std::size_t others = more;
    for (const auto& [session_name, session] : sessions) others += session->others;
    if (others < limits.files) return {};
    return fail(
        Errc::limit,
        fmt::format("the open sessions have {} folders and links: burn or delete some before you send "
                    "more (limits.files)",
                    others));
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

// Of this machine or of the inbox's disks: a file server may be ahead of us, and files have its times.
Timestamp SessionRegistry::latest_time() {
    Timestamp latest = services.clock.now();
    for (const std::shared_ptr<Account>& one : accounts()) {
        const std::string path = join_path(one->name, ".burnbox-probe");
        const auto file = inbox().open(path, {.write = true, .create = true, .truncate = true});
        const auto info = file ? (*file)->info() : Result<FileInfo>(std::unexpected(file.error()));
        if (info) latest = std::max(latest, info->ctime);
        if (file) (void)inbox().remove(path);
    }
    return latest;
}

Status SessionRegistry::sync_inbox(std::uint64_t failures_seen, const std::vector<std::string>& disks) {
    const std::lock_guard one_at_a_time(sync_mutex_);
    const std::string lost =
        "the disk failed to keep what was received: send the files again, then the marker";
    if (sync_failures_ != failures_seen) return fail(Errc::io, lost);
    Status synced = inbox().sync_all();
    for (const std::string& disk : disks)
        if (synced) synced = disk_sync_.sync(inbox().host_path(disk));
    if (synced) return {};
    synced.error().message += "; " + lost;
    ++sync_failures_;
    failed_sync_.note(latest_time());
    for (const std::shared_ptr<Account>& one : accounts()) {
        const std::lock_guard lock(one->mutex);
        for (const auto& [name, session] : one->sessions) session->files.lost_all();
        for (const auto& session : one->away) session->files.lost_all();
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
        const std::shared_ptr<OpenSession> session = found->second;
        // A look that failed is no reason to forget which of its files are whole.
        if (unknown) return session;
        if (there && session->inode == 0) session->inode = info->inode;
        if (there && session->inode == info->inode) return session;
        lose_sight(account, session);
    }
    if (!there || parse_folder(name).state != FolderState::open) return nullptr;
    if (auto moved = find_moved(account, name, info->inode)) return moved;
    return meet_session(account, name, *info);
}

// Somebody removed or moved its folder behind our back.
void SessionRegistry::lose_sight(Account& account, const std::shared_ptr<OpenSession>& session) {
    account.sessions.erase(session->name);
    session->away_bytes = session->files.bytes();
    account.release(session->away_bytes);
    if (session->files.is_blank()) {
        session->phase = Phase::gone;
        return session->files.remove_journal();
    }
    session->phase = Phase::away;
    session->files.rest_journal();
    account.away.push_back(session);
    if (account.away.size() <= kMostAway) return;
    account.away.front()->phase = Phase::gone;
    account.away.erase(account.away.begin());
}

// The session whose folder that was under another name, or before it went away.
std::shared_ptr<OpenSession> SessionRegistry::find_moved(Account& account, const std::string& name,
                                                         std::uint64_t inode) {
    std::shared_ptr<OpenSession> session;
    if (const auto away = std::ranges::find(account.away, inode, &OpenSession::inode);
        away != account.away.end()) {
        session = *away;
        account.away.erase(away);
        account.open_bytes += session->away_bytes;
        session->phase = Phase::open;
    } else {
        const auto open = std::ranges::find_if(account.sessions, [&](const auto& one) {
            return one.second->phase == Phase::open && one.second->inode == inode;
        });
        if (open == account.sessions.end()) return nullptr;
        session = open->second;
        account.sessions.erase(open);
    }
    if (session->name != name) session->files.rename_session(name);
    session->name = name;
    log::info("session's folder was moved", log::kv("account", account.name), log::kv("session", name));
    add_session(account, session);
    return session;
}

// One that an administrator made. What an earlier session of that name left is of another folder, or of this
// one when it was somewhere else.
std::shared_ptr<OpenSession> SessionRegistry::meet_session(Account& account, const std::string& name,
                                                           const FileInfo& folder) {
    auto session = std::make_shared<OpenSession>(services.state_fs, account.name, name);
    session->inode = folder.inode;
    if (exists(services.state_fs, session->files.journal_path()).value_or(true))
        session->unread =
            "its folder was moved or put back while burnbox ran, and nobody knows what is whole in it; "
            "restart "
            "burnbox, or send it as another session";
    add_session(account, session);
    return session;
}

Result<std::shared_ptr<OpenSession>> SessionRegistry::new_session(Account& account, const std::string& name) {
    auto session = std::make_shared<OpenSession>(services.state_fs, account.name, name);
    BB_TRY(const FileInfo folder, inbox().info(join_path(account.name, name)));
    session->inode = folder.inode;
    BB_CHECK(session->files.begin_journal());
    add_session(account, session);
    return session;
}

void SessionRegistry::add_session(Account& account, const std::shared_ptr<OpenSession>& session) {
    // A folder's inode is given again once it is gone.
    std::erase_if(account.away,
                  [&](const auto& away) { return away->inode == session->inode && session->inode != 0; });
    for (const std::shared_ptr<OpenSession>& away : account.away)
        if (away->name == session->name) away->files.forsake_journal();  // its file is this one's now
    account.sessions.insert_or_assign(session->name, session);
    for (auto& [id, connection] : account.connections) {
        auto early = connection.missed_early.extract(session->name);
        const bool is_any = early.empty() && connection.missed_early.contains("");
        const SessionFiles::Missed paths = early.empty() ? SessionFiles::Missed() : std::move(early.mapped());
        for (const std::string& path : is_any ? SessionFiles::Missed{""} : paths) session->note_missed(path);
    }
}

void SessionRegistry::keep_journal(const SessionFiles& files) {
    if (files.journal_path().empty()) return;
    services.run_blocking([&fs = services.state_fs, path = files.journal_path()] {
        const Status kept = Journal::sync(fs, path);
        if (!kept && kept.error().code != Errc::not_found)
            log::warning("journal not synced", log::kv("journal", path), log::kv(kept.error()));
    });
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
