#include "common/inbox/reconcile.hpp"

#include <fmt/format.h>

#include <set>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/own_status.hpp"
#include "common/inbox/withdraw.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/existence.hpp"

namespace burnbox {
namespace {

// What the log calls a session.
log::Field named(const SessionRow& row) {
    return log::kv("session", row.account + "/" + row.disc_name);
}

Result<bool> folder_is_there(Inbox& inbox, const SessionRow& row) {
    if (row.folder.empty()) return false;
    BB_TRY(FileSystem* const fs, inbox.fs_of(row));
    return exists(*fs, join_path(row.account, row.folder));
}

// Ends a cut move. False when neither name is there: the row's state decides what that means.
Result<bool> end_move(Inbox& inbox, const SessionRow& row) {
    const Status moved = inbox.finish_move(row);
    if (!moved && moved.error().code == Errc::not_found) return false;
    if (!moved) return std::unexpected(moved.error());
    log::info("session move completed", named(row), log::kv("folder", row.folder_next));
    return true;
}

Status end_withdrawal(Inbox& inbox, Catalogue& catalogue, const SessionRow& row, bool is_there) {
    if (!is_there) {
        log::warning("withdrawn session has no folder", named(row), log::kv("folder", row.folder));
        return catalogue.remove_session(row.id);
    }
    BB_TRY(const std::string name, finish_withdrawal(inbox, catalogue, row));
    log::info("session withdrawal completed", named(row), log::kv("folder", name));
    return {};
}

// A burned or failed one may be deleted by its account; a sealed one that waits may not have vanished.
Status withdraw_missing(Inbox& inbox, Catalogue& catalogue, const SessionRow& row) {
    switch (row.state) {
        case SessionState::queued: {
            BB_TRY(FileSystem* const fs, inbox.fs_of(row));
            const std::string reason =
                missing_folder_reason(row, fs->host_path(join_path(row.account, row.folder)));
            log::error("session lost its folder", named(row), log::kv("folder", row.folder));
            BB_CHECK(catalogue.step(row.id, SessionState::queued, SessionState::failed, reason));
            return catalogue.set_folder(row.id, "");  // the name is free for another one
        }
        case SessionState::burning:
        case SessionState::verifying:
            // It may be on the disc already, which only the disc can tell: the burner settles the attempt and
            // then decides.
            log::error("session lost its folder while it burned", named(row), log::kv("folder", row.folder));
            return {};
        case SessionState::burned:
        case SessionState::failed:
        case SessionState::withdrawn:
            break;
    }
    if (row.folder.empty()) return {};
    return catalogue.set_folder(row.id, "");
}

std::string failed_text(const SessionRow& row) {
    return fmt::format(
        "This session was not burned.\n\nReason: {}\n\n"
        "What to do: rename the folder back to {} (remove what stands after that name), mend it, and send "
        "the\n"
        "marker again. If nothing has to be mended, the operator can say: burnbox retry {}/{}\n",
        row.reason, row.name, row.account, row.disc_name);
}

// A crash may lie between a step of the state and the move that follows it.
Status catch_up(Inbox& inbox, const SessionRow& row) {
    const FolderState wanted = folder_state(row.state);
    if (parse_folder(row.folder).state == wanted) return {};
    if (row.state == SessionState::burned) return {};  // the burner writes the receipt first, then moves it
    // A later run burned it, which this catalogue does not know: its disc decides.
    if (parse_folder(row.folder).state == FolderState::burned) return {};
    const std::string path = join_path(row.account, row.folder);
    if (wanted != FolderState::failed)
        BB_CHECK(inbox.remove_own_file(row, "FAILED.txt"));
    else {
        BB_TRY(FileSystem* const fs, inbox.fs_of(row));
        if (!fs->info(path + "/FAILED.txt"))
            BB_CHECK(replace_file(*fs, path + "/FAILED.txt", failed_text(row)));
    }
    BB_CHECK(inbox.move(row.id, wanted));
    log::info("session folder renamed to its state", named(row), log::kv("was", row.folder),
              log::kv("state", to_string(row.state)));
    return {};
}

Status reconcile_row(Inbox& inbox, Catalogue& catalogue, SessionRow row) {
    if (!row.folder_next.empty()) {
        BB_TRY(const bool moved, end_move(inbox, row));
        if (moved) {
            BB_TRY(row, catalogue.session(row.id));
        }
    }
    BB_TRY(const bool is_there, folder_is_there(inbox, row));
    if (row.state == SessionState::withdrawn) return end_withdrawal(inbox, catalogue, row, is_there);
    if (!is_there) return withdraw_missing(inbox, catalogue, row);
    return catch_up(inbox, row);
}

std::string orphan_text(const SessionFolder& folder) {
    return fmt::format(
        "This folder says that it is queued, but burnbox's catalogue has no record of it: it will not be "
        "burned as\n"
        "it is. Perhaps the catalogue was restored from an older copy, or somebody renamed the folder by "
        "hand.\n\n"
        "What to do: rename the folder back to {} and send the marker again.\n",
        folder.name);
}

// Folders with the queued suffix and no row: nobody would ever burn them, and their name says the contrary.
Status reconcile_orphans(Inbox& inbox, const std::string& account, const std::set<std::string>& known) {
    const auto entries = list_folder(inbox.fs(), account);
    if (!entries && entries.error().code == Errc::not_found) return {};
    if (!entries) return std::unexpected(entries.error());
    for (const DirEntry& entry : *entries) {
        const SessionFolder folder = parse_folder(entry.name);
        if (entry.type != FileType::folder || folder.state != FolderState::queued ||
            known.contains(entry.name))
            continue;
        // Anybody may call a folder so in a watched one.
        BB_TRY(const bool is_ours, has_own_status(inbox.fs(), join_path(account, entry.name)));
        if (inbox.area().is_watched() && !is_ours) continue;
        BB_CHECK(set_aside(inbox, account, entry.name, orphan_text(folder)));
    }
    return {};
}

Status end_orphans(Inbox& inbox, Catalogue& catalogue, const std::string& account) {
    std::set<std::string> known;
    // A watched folder may have been another account's earlier.
    BB_TRY(const auto rows, catalogue.sessions(inbox.area().is_watched() ? "" : account));
    for (const SessionRow& row : rows)
        if (row.staging == inbox.area()) known.insert({row.folder, row.folder_next});
    return reconcile_orphans(inbox, account, known);
}

}  // namespace

Status set_aside(Inbox& inbox, const std::string& account, const std::string& folder,
                 const std::string& text) {
    const std::string source = join_path(account, folder);
    BB_CHECK(replace_file(inbox.fs(), source + "/FAILED.txt", text));
    BB_TRY(const std::string target,
           inbox.first_free_folder(account, parse_folder(folder).name, FolderState::failed));
    BB_CHECK(inbox.fs().rename(source, target, RenameMode::no_replace));
    BB_CHECK(inbox.fs().sync_folder(account));
    log::error("queued folder is not in the catalogue", log::kv("folder", source),
               log::kv("renamed_to", target));
    return {};
}

Status reconcile_inboxes(Inbox& inbox, Catalogue& catalogue, const std::vector<std::string>& configured,
                         ClosedAccounts& closed) {
    std::set<std::string> accounts(configured.begin(), configured.end());
    BB_TRY(const auto rows, catalogue.sessions(""));
    for (const SessionRow& row : rows) {
        if (row.staging != inbox.area()) continue;
        accounts.insert(row.account);
        if (closed.has(row.account)) continue;
        BB_CHECK(closed.take(row.account, reconcile_row(inbox, catalogue, row)));
    }
    for (const std::string& account : accounts)
        if (!closed.has(account)) BB_CHECK(closed.take(account, end_orphans(inbox, catalogue, account)));
    return {};
}

Status reconcile_inboxes(Inbox& inbox, Catalogue& catalogue, const std::vector<std::string>& configured) {
    ClosedAccounts closed;
    BB_CHECK(reconcile_inboxes(inbox, catalogue, configured, closed));
    if (closed.reasons().empty()) return {};
    return fail(Errc::permission, closed.reasons().begin()->second);
}

Status reconcile_account(Inbox& inbox, Catalogue& catalogue, const std::string& account) {
    BB_TRY(const auto rows, catalogue.sessions(account));
    for (const SessionRow& row : rows)
        if (row.staging == inbox.area()) BB_CHECK(reconcile_row(inbox, catalogue, row));
    return end_orphans(inbox, catalogue, account);
}

}  // namespace burnbox
