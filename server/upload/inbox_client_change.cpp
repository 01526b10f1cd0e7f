#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/withdraw.hpp"
#include "common/session/names.hpp"
#include "common/storage/changeable.hpp"
#include "common/storage/disk_space.hpp"
#include "server/files/sent_modes.hpp"
#include "server/rules/attributes.hpp"
#include "server/rules/marker_rule.hpp"
#include "server/rules/server_reason.hpp"
#include "server/seal/seal_start.hpp"
#include "server/upload/inbox_client.hpp"

namespace burnbox::upload {
namespace {

constexpr std::size_t kMostEarly = 64;  // sessions that could not be made

std::unexpected<Error> not_found(const ResolvedPath& place) {
    return fail(Errc::not_found, fmt::format("{}: no such file or folder", escape(place.path.text())));
}

// The account deleted a sealed session's folder: its payload is released, and a failed one is given up. Runs
// on the disk pool.
void note_folder_removed(const std::shared_ptr<SessionRegistry>& registry, const std::string& account,
                         const std::string& folder) {
    Catalogue& catalogue = registry->services.catalogue;
    const auto settle = [&]() -> Status {
        BB_TRY(const auto rows, catalogue.sessions(account));
        for (const SessionRow& row : rows) {
            // The oldest: another one may have taken the free name already.
            if (row.folder != folder || row.staging != registry->services.inbox.area()) continue;
            if (row.state == SessionState::burned) return catalogue.set_folder(row.id, "");
            if (row.state != SessionState::failed) continue;
            BB_CHECK(give_up_session(catalogue, registry->services.state_fs, row, "its folder was deleted"));
            log::info("session given up", log::kv("account", account), log::kv("session", row.disc_name));
            return {};
        }
        return {};
    };
    if (const Status settled = settle(); !settled)
        log::warning("removed folder not noted", log::kv("account", account), log::kv("folder", folder),
                     log::kv(settled.error()));
}

}  // namespace

void InboxClient::note_refused(const std::string& path, const Error& error) {
    const std::lock_guard lock(account_->mutex);
    if (const auto at = parse_virtual_path(path)) note_missed(*at, error);
}

// A client may go on with the next file, and then send the marker.
void InboxClient::note_missed(const VirtualPath& path, const Error& error) {
    if (path.is_root() || path.is_top() || !is_servers_reason(error)) return;
    if (is_marker_name(*registry_, path.inside)) return;  // nothing is sealed without it
    const auto session = account_->sessions.find(path.folder);
    if (session != account_->sessions.end()) {
        OpenSession& here = *session->second;
        if (here.note_missed(path.inside)) registry_->keep_journal(here.files);
        return;
    }
    note_missed_early(path.folder, path.inside);
}

void InboxClient::note_missed_early(const std::string& session, const std::string& path) {
    const auto connection = account_->connections.find(id_);
    if (connection == account_->connections.end()) return;
    auto& early = connection->second.missed_early;
    const bool has_room = early.size() < kMostEarly || early.contains(session);
    (void)SessionFiles::add_missed(early[has_room ? session : std::string()], path);
}

void InboxClient::note_change(const ResolvedPath& place) {
    // A connection that was closed while its handles live on writes no more.
    const auto connection = account_->connections.find(id_);
    if (connection == account_->connections.end()) return;
    place.session->writers.insert(id_);
    // A marker alone may be that of the session before, sent once more.
    if (!is_marker_name(*registry_, place.path.inside)) connection->second.sealed_by.erase(place.path.folder);
}

Status InboxClient::make_top_folder(const ResolvedPath& place, std::uint32_t permissions) {
    BB_CHECK(check_new_name(place));
    BB_CHECK(check_upload_right(*account_));
    if (place.where == Where::open || place.is_folder_state())
        return fail(Errc::exists, fmt::format("{} exists already", escape(place.path.text())));
    BB_CHECK(account_->check_session_room(registry_->limits()));
    BB_CHECK(registry_->inbox().make_folder(join_path(account_->name, place.path.folder),
                                            staged_mode(FileType::folder, permissions)));
    // Asked for in so many words: the old name is now a new session's, for all who still saw the sealed one.
    for (auto& [id, connection] : account_->connections) connection.alias.erase(place.path.folder);
    const auto session = registry_->new_session(*account_, place.path.folder);
    if (!session) {
        (void)registry_->inbox().remove_folder(join_path(account_->name, place.path.folder));
        return std::unexpected(session.error());
    }
    (*session)->folders_completed = registry_->tick();
    (*session)->writers.insert(id_);
    if (const auto own = account_->connections.find(id_); own != account_->connections.end())
        own->second.sealed_by.erase(place.path.folder);
    return {};
}

Status InboxClient::make_folder(const std::string& path, std::uint32_t permissions) {
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const ResolvedPath place, find(path));
    return noted(place.path, make_folder_at(place, permissions));
}

Status InboxClient::make_folder_at(ResolvedPath place, std::uint32_t permissions) {
    if (place.where == Where::inbox) return fail(Errc::exists, "/ exists already");
    if (place.path.is_top()) return make_top_folder(place, permissions);
    BB_CHECK(check_changeable(*account_, place));
    BB_CHECK(check_new_name(place));
    const bool missing = place.where == Where::missing;
    if (missing && place.path.inside.find('/') != std::string::npos) return not_found(place);
    BB_CHECK(account_->check_other_room(registry_->limits()));
    BB_CHECK(make_session(place));
    const Status made =
        registry_->inbox().make_folder(place.fs_path, staged_mode(FileType::folder, permissions));
    if (!made) {
        if (missing) undo_session(place);
        if (made.error().code == Errc::exists) place.session->files.made(place.path.inside);
        return made;
    }
    ++place.session->others;
    place.session->files.made(place.path.inside);
    note_sent_mode(place.session->files, place.path.inside, FileType::folder, permissions);
    note_change(place);
    place.session->folders_completed = registry_->tick();
    return {};
}

Status InboxClient::remove_sealed(const ResolvedPath& place, bool folder, AfterUnlock& after) {
    if (place.where == Where::queued)
        return fail(
            Errc::permission,
            fmt::format("{} is sealed: nothing in it can be removed; rename it back to {} to cancel it",
                        escape(place.path.folder), escape(parse_folder(place.path.folder).name)));
    FileSystem& fs = registry_->inbox();
    // What an earlier version staged may be in folders that nobody may write in.
    if (!folder) return change_entry(fs, place.fs_path, [&] { return fs.remove(place.fs_path); });
    BB_CHECK(change_entry(fs, place.fs_path, [&] { return fs.remove_folder(place.fs_path); }));
    if (place.path.is_top())
        after.add([registry = registry_, account = account_->name, name = place.path.folder] {
            registry->services.run_blocking(
                [registry, account, name] { note_folder_removed(registry, account, name); });
        });
    return {};
}

Status InboxClient::remove_folder(const std::string& path) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const ResolvedPath place, find(path));
    if (place.where == Where::missing) return not_found(place);
    if (place.where != Where::inbox) BB_CHECK(check_remove_right(*account_));
    if (place.is_folder_state()) return remove_sealed(place, true, after);
    BB_CHECK(check_not_sealed(place));
    BB_CHECK(registry_->inbox().remove_folder(place.fs_path));
    if (!place.path.is_top()) {
        place.session->files.removed(place.path.inside);
        place.session->others -= std::min<std::size_t>(place.session->others, 1);
        note_change(place);
        place.session->folders_completed = registry_->tick();
        return {};
    }
    place.session->phase = Phase::gone;
    place.session->files.remove_journal();
    account_->release(place.session->files.bytes());
    account_->sessions.erase(place.path.folder);
    return {};
}

Status InboxClient::remove(const std::string& path) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const ResolvedPath place, find(path));
    if (place.where == Where::missing) return not_found(place);
    if (place.where == Where::inbox || place.path.is_top())
        return fail(Errc::invalid, fmt::format("{} is a folder", escape(place.path.text())));
    BB_CHECK(check_remove_right(*account_));
    if (place.is_folder_state()) return remove_sealed(place, false, after);
    BB_CHECK(check_not_sealed(place));
    const Status removed = registry_->inbox().remove(place.fs_path);
    const bool is_missed = place.session->files.missed().contains(place.path.inside);
    if (!removed && (removed.error().code != Errc::not_found || !is_missed)) return removed;
    if (removed && place.session->find(place.path.inside) == nullptr)
        place.session->others -= std::min<std::size_t>(place.session->others, 1);
    account_->release(place.session->forget(place.path.inside));
    place.session->files.made(place.path.inside);  // it is not wanted any more
    note_change(place);
    place.session->folders_completed = registry_->tick();
    return {};
}

Status InboxClient::resize(const ResolvedPath& place, std::uint64_t size_bytes, AfterUnlock& after) {
    if (place.path.is_top() || place.is_own_file()) return fail(Errc::permission, "its size can't be set");
    BB_CHECK(check_not_leased_alone(place));
    OpenSession& session = *place.session;
    BB_TRY(const auto file, registry_->inbox().open(place.fs_path, {.write = true}));
    BB_TRY(const FileInfo info, file->info());
    if (size_bytes == info.size_bytes) return {};  // sent back with other attributes as it was told
    const std::string& path = place.path.inside;
    FileRecord& record = session.files.found(path);
    account_->set_size(session.files, record, info.size_bytes);
    BB_TRY(const auto space, space_at(registry_->inbox(), account_->name));
    if (size_bytes > info.size_bytes && size_bytes - info.size_bytes > space.free_bytes)
        return fail(Errc::no_space, fmt::format("a file of {} doesn't fit: {} are free",
                                                human_bytes(size_bytes), human_bytes(space.free_bytes)));
    BB_CHECK(account_->charge(session.files, record, size_bytes));
    Status done = session.files.truncated(path, record, 0, size_bytes);
    session.files.completed(record, {.now = registry_->tick()});
    if (done) done = file->truncate(size_bytes);
    if (!done) {
        account_->set_size(session.files, record, info.size_bytes);
        return done;
    }
    if (size_bytes == 0) session.files.emptied(path, record, 0);
    // Once it is hashed, the journal proves it again.
    BB_TRY(const FileInfo resized, file->info());
    session.files.stamped(record, resized);
    if (record.is_at_rest()) hash_later(registry_, account_, place.session, path, after);
    return {};
}

Status InboxClient::apply_attributes(const ResolvedPath& place, const Attributes& attributes) {
    FileSystem& fs = registry_->inbox();
    BB_TRY(const FileInfo before, fs.info(place.fs_path));
    if (attributes.mode && before.type != FileType::symlink) {
        BB_CHECK(fs.set_mode(place.fs_path, staged_mode(before.type, *attributes.mode)));
        note_sent_mode(place.session->files, place.path.inside, before.type, *attributes.mode);
    }
    if (attributes.atime || attributes.mtime)
        BB_CHECK(fs.set_times(place.fs_path, attributes.atime.value_or(before.atime),
                              attributes.mtime.value_or(before.mtime)));
    if (before.type != FileType::file) return {};
    BB_TRY(const FileInfo after, fs.info(place.fs_path));
    if (FileRecord* const record = place.session->find(place.path.inside))
        place.session->files.restamped(*record, before, after);
    return {};
}

Status InboxClient::set_attributes(const std::string& path, const Attributes& attributes) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const ResolvedPath place, find(path));
    if (place.where == Where::missing) return not_found(place);
    // Sync clients set times and modes after CLOSE; of what is sealed, or about to be, that is accepted and
    // ignored.
    if (place.is_sealed_or_sealing() && !attributes.size_bytes) return {};
    BB_CHECK(check_changeable(*account_, place));
    if (attributes.size_bytes) BB_CHECK(resize(place, *attributes.size_bytes, after));
    if (attributes.mode || attributes.atime || attributes.mtime)
        BB_CHECK(apply_attributes(place, attributes));
    return {};
}

}  // namespace burnbox::upload
