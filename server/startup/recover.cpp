#include "server/startup/recover.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/reconcile.hpp"
#include "common/session/names.hpp"
#include "common/storage/durable_file.hpp"
#include "server/files/sent_modes.hpp"
#include "server/files/session_walk.hpp"
#include "server/refusal/taken_names.hpp"
#include "server/startup/closed_account.hpp"
#include "server/startup/lost_sessions.hpp"
#include "server/withdraw/withdraw_session.hpp"

namespace burnbox::upload {
namespace {

Status make_account_folders(SessionRegistry& registry, const std::string& account) {
    BB_CHECK(make_folders(registry.inbox(), account, 0755));
    return make_folders(registry.services.state_fs, Journal::folder(account), 0700);
}

constexpr const char* kBootFile = "boot_id";
constexpr std::string_view kJournalSuffix = ".jsonl";
constexpr std::chrono::days kKept{30};  // a journal whose folder is not there

// What was being sent when a machine goes down may have holes where the disk was not written to yet: nobody
// may go on from there.
Result<bool> machine_went_down(SessionRegistry& registry) {
    const std::string& now = registry.services.boot_id;
    FileSystem& fs = registry.services.state_fs;
    if (now.empty()) return false;
    const auto last = read_file(fs, kBootFile, 4096);
    if (!last && last.error().code != Errc::not_found) return std::unexpected(last.error());
    return !last || *last != now;
}

// The inbox's folder is what is there; the journal only says what is proven of it.
Status load_session(SessionRegistry& registry, Account& account, const std::shared_ptr<OpenSession>& session,
                    bool went_down) {
    BB_TRY(const JournalContent journal, session->files.load());
    BB_TRY(const FileInfo folder, registry.inbox().info(join_path(account.name, session->name)));
    session->inode = folder.inode;
    const auto modes = open_up(registry.inbox(), join_path(account.name, session->name), true);
    BB_TRY(const auto entries, walk_session(registry.inbox(), join_path(account.name, session->name)));
    std::string refused = refusal_reason(registry.inbox(), join_path(account.name, session->name));
    const std::lock_guard lock(account.mutex);
    session->reason = std::move(refused);  // what an earlier run said is still the last word
    session->folders_completed = registry.tick();
    SessionFiles& files = session->files;
    const auto inode_of = [&](const std::string& path) -> std::optional<std::uint64_t> {
        const auto entry = std::ranges::lower_bound(entries, path, {}, &WalkEntry::path);
        if (entry == entries.end() || entry->path != path) return std::nullopt;
        return entry->info.inode;
    };
    files.recovered(journal, inode_of, went_down);
    for (const FoundMode& opened : modes) note_sent_mode(files, opened.path, opened.type, opened.mode);
    for (const WalkEntry& entry : entries) {
        if (entry.info.type != FileType::file) ++session->others;
        if (entry.info.type != FileType::file) continue;
        FileRecord& record = files.recovered(journal, entry.path, entry.info, went_down);
        files.completed(record, {.now = registry.tick()});
        account.open_bytes += entry.info.size_bytes;
    }
    files.recovered_all();
    const auto cut = files.paths_cut_off();
    if (!cut.empty())
        log::warning("files not provably whole", log::kv("account", account.name),
                     log::kv("session", session->name), log::kv("files", cut.size()),
                     log::kv("first", cut.front()));
    return {};
}

// One that can't be read keeps nobody else from working.
void take_in_session(SessionRegistry& registry, Account& account, const std::string& name, bool went_down) {
    const auto session = std::make_shared<OpenSession>(registry.services.state_fs, account.name, name);
    if (const Status loaded = load_session(registry, account, session, went_down); !loaded) {
        session->unread =
            fmt::format("it could not be read when burnbox started ({}); mend that, then restart burnbox",
                        loaded.error().message);
        log::error("session not read", log::kv("account", account.name), log::kv("session", name),
                   log::kv("remedy", "let the server's user read it, or move it away, then restart burnbox"),
                   log::kv(loaded.error()));
    }
    const std::lock_guard lock(account.mutex);
    account.sessions.insert_or_assign(name, session);
}

// Of the journals without an open session those of sealed ones go. The others may belong to folders that are
// somewhere else today, or on a disk that is not mounted.
Status remove_stale_journals(SessionRegistry& registry, const Account& account,
                             const std::vector<SessionRow>& rows) {
    FileSystem& fs = registry.services.state_fs;
    BB_TRY(const auto entries, list_folder(fs, Journal::folder(account.name)));
    for (const DirEntry& entry : entries) {
        const std::string path = join_path(Journal::folder(account.name), entry.name);
        const bool is_journal = entry.name.ends_with(kJournalSuffix);
        const std::string name =
            is_journal ? entry.name.substr(0, entry.name.size() - kJournalSuffix.size()) : "";
        if (is_journal && account.sessions.contains(name)) continue;
        const bool is_sealed = std::ranges::find(rows, name, &SessionRow::name) != rows.end();
        BB_TRY(const FileInfo info, fs.info(path));
        const bool is_kept = is_journal && !is_sealed && registry.services.clock.now() - info.mtime < kKept;
        if (is_kept) {
            log::warning("open session's folder is not there", log::kv("account", account.name),
                         log::kv("session", name),
                         log::kv("remedy", "if its disk is not mounted: mount it, then restart burnbox"));
            continue;
        }
        const Status removed = fs.remove(path);
        if (!removed && removed.error().code != Errc::not_found) return removed;
    }
    return {};
}

enum class During : std::uint8_t { start, reload };

Status recover_account(SessionRegistry& registry, Account& account, bool went_down, During when) {
    BB_TRY(const auto entries, list_folder(registry.inbox(), account.name));
    for (const DirEntry& entry : entries) {
        if (entry.type != FileType::folder) continue;
        // Of a session that burnbox was filling: those that were sealed have their names since the repair.
        // While the server runs one may be somebody's.
        if (is_hidden_folder(entry.name) && when == During::start)
            BB_CHECK(remove_tree(registry.inbox(), join_path(account.name, entry.name)));
        else if (!is_hidden_folder(entry.name) && parse_folder(entry.name).state == FolderState::open)
            take_in_session(registry, account, entry.name, went_down);
    }
    BB_TRY(const auto rows, registry.services.catalogue.sessions(account.name));
    BB_CHECK(remove_stale_journals(registry, account, rows));
    const std::lock_guard lock(account.mutex);
    account.recovered = true;
    for (const SessionRow& row : rows)
        if (!row.staging.is_watched() && counts_as_queued(row.state))
            account.queued_bytes[row.disc_name] = row.bytes;
    return {};
}

std::vector<std::string> configured_accounts(const SessionRegistry& registry) {
    std::vector<std::string> names;
    const ConfigSnapshot config = registry.config();
    for (const auto& [name, account] : config->accounts) names.push_back(name);
    return names;
}

}  // namespace

Status recover_accounts(SessionRegistry& registry) {
    const std::vector<std::string> names = configured_accounts(registry);
    ClosedAccounts closed;
    BB_CHECK(make_folders(registry.services.state_fs, "seals", 0700));
    BB_CHECK(make_folders(registry.services.state_fs, "journal", 0700));
    BB_CHECK(find_missing_folders(registry, closed));
    for (const std::string& name : names)
        if (!closed.has(name)) BB_CHECK(closed.take(name, make_account_folders(registry, name)));
    // The seal's promise begins with these folders: they must not vanish with what is durable in them.
    BB_CHECK(registry.services.state_fs.sync_folder(""));
    BB_CHECK(registry.services.state_fs.sync_folder("journal"));
    BB_CHECK(registry.inbox().sync_folder(""));
    // The repair ends cut withdrawals; their files are as whole as they were sealed, if that is written down
    // before.
    BB_TRY(const auto withdrawn, registry.services.catalogue.sessions_in_state(SessionState::withdrawn));
    for (const SessionRow& row : withdrawn)
        if (!closed.has(row.account)) journal_from_record(registry, row);
    BB_CHECK(find_lost_sessions(registry.services, names, closed));
    BB_CHECK(reconcile_inboxes(registry.services.inbox, registry.services.catalogue, names, closed));
    BB_TRY(const bool went_down, machine_went_down(registry));
    for (const std::string& name : names)
        if (!closed.has(name))
            BB_CHECK(closed.take(
                name, recover_account(registry, *registry.account(name), went_down, During::start)));
    for (const auto& [name, error] : closed.reasons()) close_account(registry, name, error);
    // After the journals say what it meant.
    return went_down ? replace_file(registry.services.state_fs, kBootFile, registry.services.boot_id)
                     : Status();
}

Status recover_new_account(SessionRegistry& registry, const std::string& name) {
    const auto account = registry.account(name);
    {
        const std::lock_guard lock(account->mutex);
        if (account->recovered) return {};
        if (!account->closed.empty()) return {};  // it is tried again and again
    }
    BB_CHECK(make_account_folders(registry, name));
    BB_CHECK(registry.services.state_fs.sync_folder("journal"));
    BB_CHECK(registry.inbox().sync_folder(""));
    return recover_account(registry, *account, true, During::reload);
}

Status reopen_account(SessionRegistry& registry, const std::string& name) {
    BB_CHECK(check_folder_is_there(registry, name));
    BB_CHECK(make_account_folders(registry, name));
    BB_CHECK(find_lost_sessions(registry.services, {name}));
    BB_CHECK(reconcile_account(registry.services.inbox, registry.services.catalogue, name));
    const auto account = registry.account(name);
    BB_CHECK(recover_account(registry, *account, true, During::start));
    {
        const std::lock_guard lock(account->mutex);
        account->closed.clear();
    }
    log::info("account served again", log::kv("account", name));
    if (registry.services.folder_is_away)
        registry.services.folder_is_away(registry.inbox().host_path(name), "");
    registry.services.wake_burner();
    return {};
}

}  // namespace burnbox::upload
