#include "server/startup/renamed_folders.hpp"

#include <set>

#include "common/base/log.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/session/names.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/existence.hpp"
#include "server/files/journal.hpp"
#include "server/files/session_walk.hpp"

namespace burnbox::upload {
namespace {

// An open session has no STATUS.txt, one that was withdrawn neither; one that had failed has a FAILED.txt;
// one that a client works on has a journal.
Result<bool> is_as_burnbox_left_it(const UploadServices& services, const std::string& account,
                                   const std::string& folder) {
    FileSystem& fs = services.inbox.fs();
    const std::string path = join_path(account, folder);
    BB_TRY(const bool waited, exists(fs, join_path(path, "STATUS.txt")));
    if (!waited) return false;
    BB_TRY(const bool failed, exists(fs, join_path(path, "FAILED.txt")));
    BB_TRY(const bool sent_to,
           exists(services.state_fs, join_path(Journal::folder(account), folder + ".jsonl")));
    return !failed && !sent_to;
}

Result<bool> holds_just(FileSystem& fs, const std::string& path, const SealedSession& sealed) {
    BB_TRY(const Fit fit, fit_of(fs, path, sealed));
    if (fit != Fit::times) return false;
    std::set<std::string> known = {sealed.marker.name};
    for (const ManifestEntry& entry : sealed.manifest.entries) known.insert(entry.staged_path());
    BB_TRY(const auto entries, walk_session(fs, path));
    for (const WalkEntry& entry : entries)
        if (!known.contains(entry.path)) return false;
    return true;
}

Result<bool> belongs_to(const UploadServices& services, const std::string& folder, const SessionRow& row) {
    BB_TRY(const FoundSealRecord record, find_seal_record(services.state_fs, row.seal_id));
    if (!record.sealed) return false;
    return holds_just(services.inbox.fs(), join_path(row.account, folder), *record.sealed);
}

Status name_back(const UploadServices& services, const SessionRow& row) {
    FileSystem& fs = services.inbox.fs();
    BB_TRY(const std::string target,
           services.inbox.first_free_folder(row.account, row.name, FolderState::queued));
    BB_CHECK(fs.rename(join_path(row.account, row.name), target, RenameMode::no_replace));
    BB_CHECK(fs.sync_folder(row.account));
    log::warning("sealed folder named back", log::kv("session", row.account + "/" + row.disc_name),
                 log::kv("was", row.name), log::kv("folder", base_name(target)));
    return {};
}

}  // namespace

Status name_sealed_folders_back(const UploadServices& services, const std::string& account) {
    const auto entries = list_folder(services.inbox.fs(), account);
    if (!entries && entries.error().code == Errc::not_found) return {};
    if (!entries) return std::unexpected(entries.error());
    std::set<std::string> folders;
    for (const DirEntry& entry : *entries)
        if (entry.type == FileType::folder) folders.insert(entry.name);
    BB_TRY(const auto rows, services.catalogue.sessions(account));
    for (const SessionRow& row : rows) {
        const bool in_place = folders.contains(row.folder) || folders.contains(row.folder_next);
        const bool may_be = row.staging == services.inbox.area() && row.state != SessionState::withdrawn;
        if (in_place || !may_be || !folders.contains(row.name)) continue;
        BB_TRY(const bool as_left, is_as_burnbox_left_it(services, account, row.name));
        if (!as_left) continue;
        BB_TRY(const bool is_it, belongs_to(services, row.name, row));
        if (!is_it) continue;
        BB_CHECK(name_back(services, row));
        folders.erase(row.name);
    }
    return {};
}

}  // namespace burnbox::upload
