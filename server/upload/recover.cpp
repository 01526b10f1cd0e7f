#include "server/upload/recover.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "common/session/repair.hpp"
#include "server/upload/bring_back.hpp"
#include "server/upload/session_walk.hpp"

namespace burnbox::upload {
namespace {

Status make_account_folders(Core& core, const std::string& account) {
    BB_CHECK(make_folders(core.inbox(), account, 0755));
    return make_folders(core.services.state_fs, Journal::folder(account), 0700);
}

FileRecord recovered_record(const ProvenFiles& proven, const WalkEntry& entry) {
    FileRecord record{.state = FileState::cut_off, .digest = {}, .stamp = {}, .sender_opened_at = {}};
    const auto found = proven.find(entry.path);
    if (found == proven.end() || found->second.size_bytes != entry.info.size_bytes) return record;
    record.state = FileState::whole;
    record.digest = found->second.sha256;
    record.from_journal = true;
    return record;
}

// The inbox's folder is what is there; the journal only says what is proven of it.
Status load_session(Core& core, Account& account, const std::string& name) {
    auto session = std::make_shared<OpenSession>(core.services.state_fs, account.name, name);
    BB_TRY(const ProvenFiles proven, session->journal.load());
    BB_TRY(const auto entries, walk_session(core.inbox(), join_path(account.name, name)));
    const std::lock_guard lock(account.mutex);
    session->folders_completed = core.tick();
    for (const WalkEntry& entry : entries) {
        if (entry.info.type != FileType::file) continue;
        FileRecord record = recovered_record(proven, entry);
        record.completed = core.tick();
        account.set_size(record, entry.info.size_bytes);
        session->files.emplace(entry.path, std::move(record));
    }
    const auto cut = session->paths_cut_off();
    if (!cut.empty())
        log::warning("files not provably whole", log::kv("account", account.name), log::kv("session", name),
                     log::kv("files", cut.size()), log::kv("first", cut.front()));
    account.sessions.insert_or_assign(name, std::move(session));
    return {};
}

// Journals of sessions that are sealed or gone.
Status remove_stale_journals(Core& core, const Account& account) {
    BB_TRY(const auto entries, list_folder(core.services.state_fs, Journal::folder(account.name)));
    for (const DirEntry& entry : entries) {
        const std::string_view name = entry.name;
        const bool is_journal = name.ends_with(".jsonl");
        if (is_journal && account.sessions.contains(std::string(name.substr(0, name.size() - 6)))) continue;
        const Status removed =
            core.services.state_fs.remove(join_path(Journal::folder(account.name), entry.name));
        if (!removed && removed.error().code != Errc::not_found) return removed;
    }
    return {};
}

Status recover_account(Core& core, Account& account) {
    BB_TRY(const auto entries, list_folder(core.inbox(), account.name));
    for (const DirEntry& entry : entries) {
        if (entry.type != FileType::folder) continue;
        // Those that were sealed have their names since the repair.
        if (is_arriving_folder(entry.name))
            BB_CHECK(remove_tree(core.inbox(), join_path(account.name, entry.name)));
        else if (parse_folder(entry.name).state == FolderState::open)
            BB_CHECK(load_session(core, account, entry.name));
    }
    BB_CHECK(remove_stale_journals(core, account));
    BB_TRY(const auto rows, core.services.catalogue.sessions(account.name));
    const std::lock_guard lock(account.mutex);
    for (const SessionRow& row : rows)
        if (row.root.empty() && counts_as_queued(row.state)) account.queued_bytes[row.disc_name] = row.bytes;
    return {};
}

}  // namespace

Status recover_accounts(Core& core) {
    std::vector<std::string> names;
    for (const auto& [name, config] : core.services.config.accounts) names.push_back(name);
    BB_CHECK(make_folders(core.services.state_fs, "seals", 0700));
    BB_CHECK(make_folders(core.services.state_fs, "journal", 0700));
    for (const std::string& name : names) BB_CHECK(make_account_folders(core, name));
    // The seal's promise begins with these folders: they must not vanish with what is durable in them.
    BB_CHECK(core.services.state_fs.sync_folder(""));
    BB_CHECK(core.services.state_fs.sync_folder("journal"));
    BB_CHECK(core.inbox().sync_folder(""));
    // The repair ends cut withdrawals; their files are as whole as they were sealed, if that is written down
    // before.
    BB_TRY(const auto withdrawn, core.services.catalogue.sessions_in_state(SessionState::withdrawn));
    for (const SessionRow& row : withdrawn) journal_from_record(core, row);
    BB_CHECK(repair_inboxes(core.services.inbox, core.services.catalogue, names));
    for (const std::string& name : names) BB_CHECK(recover_account(core, *core.account(name)));
    return {};
}

}  // namespace burnbox::upload
