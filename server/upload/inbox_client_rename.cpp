#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/rules/link_rule.hpp"
#include "server/upload/close_upload.hpp"
#include "server/upload/inbox_client.hpp"
#include "server/withdraw/withdraw_session.hpp"

namespace burnbox::upload {
namespace {

bool is_refused_marker(const ResolvedPath& place) {
    return place.is_own_file() && place.path.inside.ends_with(".refused");
}

}  // namespace

Status InboxClient::rename_session(const ResolvedPath& from, const ResolvedPath& to) {
    BB_CHECK(check_changeable(*account_, from));
    if (from.where == Where::missing)
        return fail(Errc::not_found, fmt::format("{}: no such folder", escape(from.path.text())));
    if (!to.path.is_top()) return fail(Errc::permission, "a session can't be moved into another one");
    BB_CHECK(check_new_name(to));
    if (to.where == Where::alias) return check_changeable(*account_, to);
    if (to.where != Where::missing)
        return fail(Errc::exists, fmt::format("{} exists already", escape(to.path.text())));
    const auto session = from.session;
    if (session->has_writers_below(""))
        return fail(Errc::busy, fmt::format("files in {} are still being written", escape(session->name)));
    BB_CHECK(registry_->inbox().rename(from.fs_path, to.fs_path, RenameMode::no_replace));
    account_->sessions.erase(session->name);
    session->name = to.path.folder;
    session->files.rename_session(session->name);
    registry_->add_session(*account_, session);
    note_change(from);
    return {};
}

Status InboxClient::check_rename(const ResolvedPath& from, const ResolvedPath& to, const FileInfo& what) {
    if (from.is_own_file() && !is_refused_marker(from))
        return fail(Errc::permission, fmt::format("{} is burnbox's own file", escape(from.path.inside)));
    if (from.session != to.session && from.session->has_writers_below(from.path.inside))
        return fail(Errc::busy, fmt::format("{} is still being written", escape(from.path.text())));
    if (from.session != to.session) BB_CHECK(from.session->files.can_leave(from.path.inside));
    if (what.type == FileType::file && is_marker_name(*registry_, to.path.inside)) {
        const FileRecord* const record = from.session->find(from.path.inside);
        if (record != nullptr && !record->is_at_rest())
            return fail(Errc::permission,
                        fmt::format("{} is not complete: it can't be a marker; send it again",
                                    escape(from.path.text())));
    }
    if (what.type != FileType::symlink) return {};
    BB_TRY(const std::string target, registry_->inbox().read_symlink(from.fs_path));
    BB_TRY(const std::string leads, link_destination(to.path.inside, target));
    return {};
}

Status InboxClient::rename_entry(const ResolvedPath& from, const ResolvedPath& to, RenameMode mode) {
    BB_CHECK(check_changeable(*account_, from));
    if (from.where == Where::missing)
        return fail(Errc::not_found, fmt::format("{}: no such file or folder", escape(from.path.text())));
    BB_TRY(const FileInfo before, registry_->inbox().info(from.fs_path));
    if (to.where == Where::inbox || to.path.is_top()) {
        if (before.type == FileType::folder)
            return fail(Errc::permission,
                        "a folder of a session can't become a session; make that folder first, then move "
                        "what is in it");
        return refuse_file_in_inbox(to.path);
    }
    BB_CHECK(check_changeable(*account_, to));
    if (to.where == Where::missing)
        return fail(Errc::not_found, fmt::format("/{}: no such folder", escape(to.path.folder)));
    BB_CHECK(check_new_name(to));
    BB_CHECK(check_rename(from, to, before));
    if (from.fs_path == to.fs_path) return {};
    // A refused marker counted for nothing; it does under another name.
    const bool is_data_now = is_refused_marker(from) && before.type == FileType::file && !to.is_own_file();
    if (is_data_now) {
        if (!is_marker_name(*registry_, to.path.inside))
            BB_CHECK(account_->check_file_room(registry_->limits()));
        BB_CHECK(account_->charge(before.size_bytes));
    }
    if (const Status renamed = registry_->inbox().rename(from.fs_path, to.fs_path, mode); !renamed) {
        if (is_data_now) account_->release(before.size_bytes);
        return renamed;
    }
    // Two names of one file: nothing was done, as POSIX has it.
    const FileRecord* const moved = from.session->find(from.path.inside);
    if (moved != nullptr && moved == to.session->find(to.path.inside)) return {};
    account_->release(from.session->rename_into(*to.session, from.path.inside, to.path.inside));
    note_change(from);
    note_change(to);
    const std::uint64_t now = registry_->tick();
    SessionFiles& files = to.session->files;
    if (is_data_now) files.counted(files.found(to.path.inside), before.size_bytes);
    FileRecord* const record = before.type == FileType::file ? to.session->find(to.path.inside) : nullptr;
    if (record == nullptr) {
        from.session->folders_completed = to.session->folders_completed = now;
        return {};
    }
    Completion completion = record->completion();
    completion.now = now;
    files.completed(*record, completion);
    if (from.session != to.session) from.session->folders_completed = now;
    if (const auto after = registry_->inbox().info(to.fs_path)) files.restamped(*record, before, *after);
    return {};
}

bool InboxClient::seal_if_marker(const ResolvedPath& place, const Done& done, AfterUnlock& after) {
    if (!is_complete_marker(*registry_, *place.session, place.path.inside)) return false;
    const auto info = registry_->inbox().info(place.fs_path);
    if (!info || info->type != FileType::file) return false;
    start_seal(
        registry_, account_, place.session,
        {.by = SealRequest::By::marker, .marker = place.path.inside, .again = false, .sender_opened_at = {}},
        done, after);
    return true;
}

void InboxClient::rename(const std::string& from_path, const std::string& to_path, RenameMode mode,
                         Done done) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    const auto answer = [&](Result<std::string> result) {
        after.add([done, result = std::move(result)] { done(result); });
    };
    const auto from = find(from_path);
    const auto to = find(to_path);
    if (!from || !to) return answer(std::unexpected(!from ? from.error() : to.error()));
    if (from->where == Where::inbox)
        return answer(fail(Errc::permission, "the inbox itself can't be renamed"));
    const bool takes_back = from->path.is_top() &&
                            (from->where == Where::queued || from->where == Where::failed) &&
                            to->path.is_top();
    if (takes_back) {
        if (const Status right = check_upload_right(*account_); !right)
            return answer(std::unexpected(right.error()));
        after.add([registry = registry_, account = account_, folder = from->path.folder,
                   target = to->path.folder,
                   done] { withdraw_folder(registry, account, folder, target, done); });
        return;
    }
    const Status renamed =
        from->path.is_top() ? rename_session(*from, *to) : noted(to->path, rename_entry(*from, *to, mode));
    if (!renamed) return answer(std::unexpected(renamed.error()));
    const bool file_moved = !from->path.is_top() && to->where == Where::open && from->fs_path != to->fs_path;
    if (file_moved && seal_if_marker(*to, done, after)) return;
    // A hash that was under way was that of the old name.
    if (const FileRecord* const record = file_moved ? to->session->find(to->path.inside) : nullptr;
        record != nullptr && record->is_at_rest() && !record->has_digest())
        hash_later(registry_, account_, to->session, to->path.inside, after);
    answer(std::string());
}

}  // namespace burnbox::upload
