#include "server/withdraw/withdraw_session.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/inbox/withdraw.hpp"
#include "common/session/names.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/existence.hpp"
#include "server/files/sent_modes.hpp"
#include "server/withdraw/gone_session.hpp"

namespace burnbox::upload {
namespace {

// Nothing: its files are read again at the next seal.
std::optional<Manifest> read_manifest(SessionRegistry& registry, const SessionRow& row) {
    auto record = find_seal_record(registry.services.state_fs, row.seal_id);
    const auto session = log::kv("session", row.account + "/" + row.disc_name);
    if (!record) log::warning("seal record not readable", session, log::kv(record.error()));
    if (record && record->damage) log::warning("seal record not readable", session, log::kv(*record->damage));
    if (!record || !record->sealed) return std::nullopt;
    Manifest manifest = std::move(record->sealed->manifest);
    // The marker's file gets another name on the way.
    std::erase_if(manifest.entries,
                  [&](const ManifestEntry& entry) { return entry.path == row.marker_name; });
    return manifest;
}

// Nobody may make a session of that name while its folder is on its way.
Result<std::shared_ptr<OpenSession>> reserve_name(SessionRegistry& registry, Account& account,
                                                  const std::string& name) {
    const std::lock_guard lock(account.mutex);
    if (registry.find_session(account, name))
        return fail(Errc::exists,
                    fmt::format("there is an open session {0} already; rename or delete that one first",
                                escape(name)));
    auto session = std::make_shared<OpenSession>(registry.services.state_fs, account.name, name);
    session->phase = Phase::arriving;
    session->files.remove_journal();  // whatever an earlier one of that name left
    registry.add_session(account, session);
    return session;
}

void release_name(Account& account, const OpenSession& session) {
    const std::lock_guard lock(account.mutex);
    account.sessions.erase(session.name);
}

// One of which may be on a disc while the others wait.
std::string in_parts(const SessionRow& row) {
    return row.parts == 0 ? std::string() : fmt::format(" in {} parts", row.parts);
}

// Of a row that stays, because its folder has no open name yet.
constexpr const char* kTakenBack =
    "taken back by its account; cancel it again, or restart, to get its folder back";

Status step_back(const UploadServices& services, const SessionRow& row) {
    if (row.state == SessionState::withdrawn) return {};
    if (row.state != SessionState::queued && row.state != SessionState::failed)
        return fail(Errc::conflict, fmt::format("{} is {}{}: it can't be taken back any more",
                                                escape(row.disc_name), to_string(row.state), in_parts(row)));
    BB_CHECK(find_folder_to_withdraw(services.inbox, row));
    const Status done = services.catalogue.step(row.id, row.state, SessionState::withdrawn, kTakenBack);
    if (done || done.error().code != Errc::conflict) return done;
    return fail(Errc::conflict, fmt::format("burning of {}{} has begun: it can't be taken back any more",
                                            escape(row.disc_name), in_parts(row)));
}

// The files are as whole as they were sealed.
void fill(Account& account, OpenSession& session, const Manifest& manifest, std::uint64_t now) {
    for (const ManifestEntry& entry : manifest.entries) {
        note_sent_mode(session.files, entry.path, entry.type, entry.mode);
        if (entry.type != FileType::file) ++session.others;
        if (entry.type != FileType::file) continue;
        session.files.withdrawn(entry.path, entry.sha256, {.now = now});
        account.set_size(session.files, *session.find(entry.path), entry.size_bytes);
    }
}

void forget_old_name(Account& account, const std::string& name) {
    for (auto& [id, connection] : account.connections) {
        connection.alias.erase(name);
        connection.sealed_by.erase(name);
    }
}

}  // namespace

void journal_from_record(SessionRegistry& registry, const SessionRow& row) {
    if (row.staging.is_watched()) return;  // watched folders have no journals
    // A folder of that name has its own journal: of this session when its move was done, else of another one.
    if (registry.inbox().info(join_path(row.account, row.name))) return;
    const auto manifest = read_manifest(registry, row);
    if (!manifest) return;
    Journal journal(registry.services.state_fs, row.account, row.name);
    if (const Status written = journal.restart(*manifest); !written)
        log::warning("journal not written", log::kv("account", row.account), log::kv(written.error()));
}

void end_withdrawn_session(const UploadServices& services, const SessionRow& row, const std::string& name) {
    remove_session_records(services.state_fs, row);
    log::info("session taken back", log::kv("account", row.account), log::kv("session", row.disc_name),
              log::kv("folder", name));
    services.events.publish({.kind = EventKind::session_withdrawn,
                             .time = services.clock.now(),
                             .account = row.account,
                             .session = row.disc_name,
                             .disc = {},
                             .drive = {},
                             .message = name + " is open again"});
    services.wake_burner();
}

Result<std::string> withdraw_from_watched_folder(const UploadServices& services, const SessionRow& row) {
    BB_CHECK(step_back(services, row));
    BB_TRY(const SessionRow withdrawn, services.catalogue.session(row.id));
    BB_TRY(const std::string name,
           finish_withdrawal_or_step_back(services.inbox, services.catalogue, withdrawn, row));
    end_withdrawn_session(services, row, name);
    return name;
}

namespace {

// It was cut off after its folder had got its open name: for clients it is that session already.
Result<bool> has_open_name(SessionRegistry& registry, const SessionRow& row) {
    if (row.state != SessionState::withdrawn) return false;
    // One that is on its way to a sealed name is there, or will be.
    if (row.folder_next.empty()) return parse_folder(row.folder).state == FolderState::open;
    if (parse_folder(row.folder_next).state != FolderState::open) return false;
    BB_TRY(const bool is_at_source, exists(registry.inbox(), join_path(row.account, row.folder)));
    return !is_at_source;
}

Result<std::string> finish_open(SessionRegistry& registry, Account& account, const SessionRow& row) {
    BB_TRY(const std::string name,
           finish_withdrawal(registry.services.inbox, registry.services.catalogue, row));
    {
        const std::lock_guard lock(account.mutex);
        account.queued_bytes.erase(row.disc_name);
    }
    end_withdrawn_session(registry.services, row, name);
    return name;
}

}  // namespace

Result<std::string> withdraw_session(SessionRegistry& registry, Account& account, const SessionRow& row) {
    if (row.staging.is_watched()) return withdraw_from_watched_folder(registry.services, row);
    BB_TRY(const bool is_open, has_open_name(registry, row));
    if (is_open) return finish_open(registry, account, row);
    BB_TRY(const auto session, reserve_name(registry, account, row.name));
    const auto give_up = [&](Error error) {
        release_name(account, *session);
        return std::unexpected(std::move(error));
    };
    // First what says of its files that they are whole: without that it stays what it is.
    const auto manifest = read_manifest(registry, row);
    if (manifest)
        if (const Status written = session->files.restart_journal(*manifest); !written)
            return give_up(written.error());
    if (const Status stepped = step_back(registry.services, row); !stepped) {
        session->files.remove_journal();
        return give_up(stepped.error());
    }
    const auto withdrawn = registry.services.catalogue.session(row.id);
    if (!withdrawn) return give_up(withdrawn.error());
    const auto name =
        finish_withdrawal_or_step_back(registry.services.inbox, registry.services.catalogue, *withdrawn, row);
    if (!name) return give_up(name.error());
    (void)open_up(registry.inbox(), join_path(account.name, *name), true);  // as an earlier version sealed it
    {
        const std::lock_guard lock(account.mutex);
        account.queued_bytes.erase(row.disc_name);
        account.sessions.erase(session->name);
        if (*name != session->name) session->files.rename_session(*name);
        session->name = *name;
        registry.add_session(account, session);
        if (manifest) fill(account, *session, *manifest, registry.tick());
        session->open_again();
        forget_old_name(account, row.name);
    }
    end_withdrawn_session(registry.services, row, *name);
    return *name;
}

namespace {

// A failed folder that the catalogue does not know (a restored backup, say) is only a folder: it gets its
// open name.
Result<std::string> rename_unknown(SessionRegistry& registry, Account& account, const std::string& folder,
                                   const std::string& target) {
    BB_TRY(const auto session, reserve_name(registry, account, target));
    const std::lock_guard lock(account.mutex);
    account.sessions.erase(target);
    const std::string to = join_path(account.name, target);
    BB_CHECK(registry.inbox().rename(join_path(account.name, folder), to, RenameMode::no_replace));
    for (const char* const text : {"STATUS.txt", "FAILED.txt"})
        (void)registry.inbox().remove(join_path(to, text));
    session->open_again();
    account.sessions.insert_or_assign(target, session);
    forget_old_name(account, target);
    return target;
}

// The newest session whose folder was called that until its state changed.
Result<std::optional<SessionRow>> find_by_earlier_folder(SessionRegistry& registry, const Account& account,
                                                         const SessionFolder& folder) {
    BB_TRY(const auto rows, registry.services.catalogue.sessions(account.name));
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        const SessionFolder now = parse_folder(row->folder);
        if (row->staging == registry.services.inbox.area() && now.name == folder.name &&
            now.number == folder.number && now.state != folder.state)
            return *row;
    }
    return std::nullopt;
}

Result<std::string> take_folder_back(SessionRegistry& registry, Account& account, const std::string& folder,
                                     const std::string& target) {
    const SessionFolder parts = parse_folder(folder);
    if (target != parts.name)
        return fail(Errc::permission,
                    fmt::format("{} can only be renamed back to {}", escape(folder), escape(parts.name)));
    BB_TRY(const auto row, registry.services.catalogue.find_session_by_folder(account.name, folder));
    if (row) return withdraw_session(registry, account, *row);
    // Somebody moved it away and back.
    BB_TRY(const auto lost, find_row_of_folder(registry.services.inbox, registry.services.catalogue,
                                               registry.services.state_fs, account.name, folder));
    if (lost) return withdraw_session(registry, account, *lost);
    BB_TRY(const auto earlier, find_by_earlier_folder(registry, account, parts));
    if (earlier)
        return fail(Errc::conflict,
                    fmt::format("{} is {} by now, the session is {}: {}", escape(folder),
                                escape(earlier->folder), to_string(earlier->state),
                                earlier->state == SessionState::failed ? "rename that one"
                                                                       : "it can't be taken back any more"));
    if (parts.state != FolderState::failed)
        return fail(Errc::not_found, fmt::format("the catalogue knows no session in {}", escape(folder)));
    return rename_unknown(registry, account, folder, target);
}

// By its disc name; else the newest of that name that can still be taken back.
Result<std::string> take_session_back(SessionRegistry& registry, Account& account, const std::string& name) {
    BB_TRY(const auto exact, registry.services.catalogue.find_session(account.name, name));
    if (exact && exact->state != SessionState::burned) return withdraw_session(registry, account, *exact);
    BB_TRY(const auto rows, registry.services.catalogue.sessions(account.name));
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
        if (row->name == name && row->state != SessionState::burned)
            return withdraw_session(registry, account, *row);
    if (exact) return withdraw_session(registry, account, *exact);
    return fail(Errc::not_found, fmt::format("there is no sealed session {}", escape(name)));
}

void answer(const Result<std::string>& name, const Done& done) {
    if (name)
        done(fmt::format("{} is open again", escape(*name)));
    else
        done(std::unexpected(name.error()));
}

}  // namespace

void withdraw_folder(const std::shared_ptr<SessionRegistry>& registry,
                     const std::shared_ptr<Account>& account, const std::string& folder,
                     const std::string& target, Done done) {
    registry->services.run_blocking([registry, account, folder, target, done = std::move(done)] {
        answer(take_folder_back(*registry, *account, folder, target), done);
    });
}

void withdraw_session(const std::shared_ptr<SessionRegistry>& registry,
                      const std::shared_ptr<Account>& account, const std::string& disc_name, Done done) {
    registry->services.run_blocking([registry, account, disc_name, done = std::move(done)] {
        const auto gone = let_go_of_gone_session(registry->services, account->name, disc_name);
        if (!gone) return done(std::unexpected(gone.error()));
        if (*gone) {
            const std::lock_guard lock(account->mutex);
            account->queued_bytes.erase(disc_name);
        }
        if (*gone)
            return done(
                fmt::format("{} is given up: its folder is gone. Should it come back, "
                            "delete it",
                            escape(disc_name)));
        answer(take_session_back(*registry, *account, disc_name), done);
    });
}

}  // namespace burnbox::upload
