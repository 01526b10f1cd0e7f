#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/files/sent_modes.hpp"
#include "server/rules/attributes.hpp"
#include "server/upload/inbox_client.hpp"
#include "server/upload/repeated_marker.hpp"
#include "server/upload/upload_handle.hpp"

namespace burnbox::upload {
namespace {

constexpr std::uint32_t kFolderMode = 0755;

// A place in a session that is open as far as this server knows, found without a look at its folder: a file
// that is made there tells whether the folder is still there.
std::optional<ResolvedPath> place_in_known_session(const Account& account, ConnectionId id,
                                                   const VirtualPath& path) {
    const auto session = account.sessions.find(path.folder);
    if (session == account.sessions.end() || session->second->phase != Phase::open) return std::nullopt;
    const auto connection = account.connections.find(id);
    if (connection == account.connections.end() || connection->second.alias.contains(path.folder))
        return std::nullopt;
    return ResolvedPath{.where = Where::open,
                        .path = path,
                        .fs_path = join_path(join_path(account.name, path.folder), path.inside),
                        .session = session->second,
                        .alias = nullptr};
}

}  // namespace

Result<std::unique_ptr<UploadFile>> InboxClient::open(const std::string& path, const OpenMode& mode) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const VirtualPath at, parse_virtual_path(path));
    if (!mode.write && !mode.create && !mode.truncate && !mode.append)
        return open_for_reading(locate(*registry_, *account_, id_, at));
    if (const auto place = place_in_known_session(*account_, id_, at)) {
        auto file = open_for_writing(*place, mode, after);
        if (file || file.error().code != Errc::not_found) return noted(at, std::move(file));
    }
    return noted(at, open_for_writing(locate(*registry_, *account_, id_, at), mode, after));
}

Result<std::unique_ptr<UploadFile>> InboxClient::open_for_reading(const ResolvedPath& place) {
    if (place.where == Where::missing)
        return fail(Errc::not_found, fmt::format("{}: no such file or folder", escape(place.path.text())));
    if (place.where == Where::inbox || place.path.is_top())
        return fail(Errc::invalid, fmt::format("{} is a folder", escape(place.path.text())));
    BB_CHECK(check_read_right(*account_, place));
    auto file = registry_->inbox().open(place.fs_path, {.read = true});
    if (!file && file.error().sys_errno == ELOOP) {
        BB_TRY(const ResolvedPath target, follow(place));
        BB_CHECK(check_read_right(*account_, target));
        file = registry_->inbox().open(target.fs_path, {.read = true});
    }
    if (!file) return std::unexpected(std::move(file).error());
    return std::make_unique<ReadHandle>(account_, place, std::move(*file));
}

// Everything that can be said before anything is made: a refused OPEN must not leave an empty session behind.
Status InboxClient::check_open_for_writing(const ResolvedPath& place, const OpenMode& mode) {
    if (place.where == Where::inbox) return fail(Errc::invalid, "/ is a folder");
    if (place.path.is_top()) {
        BB_CHECK(check_upload_right(*account_));
        if (place.where == Where::missing && !place.path.trailing_slash)
            return refuse_file_in_inbox(place.path);
        return fail(Errc::invalid, fmt::format("{} is a folder", escape(place.path.text())));
    }
    BB_CHECK(check_changeable(*account_, place));
    BB_CHECK(check_new_name(place));
    if (place.path.trailing_slash)
        return fail(Errc::invalid, fmt::format("{}/ is a folder's name", escape(place.path.text())));
    const bool is_known = place.session && place.session->find(place.path.inside) != nullptr;
    const bool is_marker = is_marker_name(*registry_, place.path.inside);
    if (!is_marker) BB_CHECK(check_not_leased_alone(place));  // a marker's answer says it too
    if (!is_known && !is_marker) BB_CHECK(account_->check_file_room(registry_->limits()));
    if (place.where != Where::missing) return {};
    if (!mode.create)
        return fail(Errc::not_found, fmt::format("{}: no such file", escape(place.path.text())));
    if (place.path.inside.find('/') != std::string::npos)
        return fail(Errc::not_found,
                    fmt::format("{}: no such folder", escape("/" + place.path.folder + "/" +
                                                             std::string(parent_path(place.path.inside)))));
    return {};
}

Status InboxClient::make_session(ResolvedPath& place) {
    if (place.where != Where::missing) return {};
    BB_CHECK(account_->check_session_room(registry_->limits()));
    const std::string top = join_path(account_->name, place.path.folder);
    BB_CHECK(registry_->inbox().make_folder(top, kFolderMode));
    auto made = registry_->new_session(*account_, place.path.folder);
    if (!made) {
        (void)registry_->inbox().remove_folder(top);
        return std::unexpected(std::move(made).error());
    }
    place.session = std::move(*made);
    place.where = Where::open;
    return {};
}

void InboxClient::undo_session(const ResolvedPath& place) {
    if (!registry_->inbox().remove_folder(join_path(account_->name, place.path.folder))) return;
    place.session->phase = Phase::gone;
    place.session->files.remove_journal();
    account_->sessions.erase(place.path.folder);
    for (const std::string& path : place.session->files.missed()) note_missed_early(place.path.folder, path);
}

Result<std::unique_ptr<UploadFile>> InboxClient::open_for_writing(const ResolvedPath& given,
                                                                  const OpenMode& asked, AfterUnlock& after) {
    if (is_repeated_marker(*registry_, given)) {
        BB_CHECK(check_upload_right(*account_));
        return std::make_unique<RepeatedMarker>(given);
    }
    BB_CHECK(check_open_for_writing(given, asked));
    OpenMode mode = asked;
    mode.write = true;
    mode.permissions = staged_mode(FileType::file, asked.permissions);
    // Otherwise OPEN would be a way to read.
    if (mode.read) BB_CHECK(check_read_right(*account_, given));
    ResolvedPath place = given;
    BB_CHECK(make_session(place));
    // Most files are new: made exclusively, it needs no look before to know that.
    OpenMode anew = mode;
    anew.exclusive = mode.create;
    auto file = registry_->inbox().open(place.fs_path, anew);
    const bool created = mode.create && file.has_value();
    if (!file && !mode.exclusive && file.error().code == Errc::exists)
        file = registry_->inbox().open(place.fs_path, mode);
    if (!file) {
        if (given.where == Where::missing) undo_session(place);
        return std::unexpected(std::move(file).error());
    }
    if (created) note_sent_mode(place.session->files, place.path.inside, FileType::file, asked.permissions);
    return register_writer(place, std::move(*file), mode, created, after);
}

Result<std::unique_ptr<UploadFile>> InboxClient::register_writer(const ResolvedPath& place,
                                                                 std::unique_ptr<File> file,
                                                                 const OpenMode& mode, bool created,
                                                                 AfterUnlock& after) {
    OpenSession& session = *place.session;
    const std::string& path = place.path.inside;
    FileInfo info;  // of a new file: nothing is in it
    if (!created) {
        BB_TRY(info, file->info());
    }
    const bool emptied = created || mode.truncate;
    const bool is_marker = is_marker_name(*registry_, path);
    if (emptied && !is_marker) {
        // Sent anew: handles of a connection that is gone, but not noticed yet, must not write into it any
        // more.
        const FileRecord* const sent_before = created ? nullptr : session.find(path);
        for (auto& [id, handle] : session.handles) {
            const bool is_other = handle.path != path && session.find(handle.path) != sent_before;
            if (handle.path.empty() || is_other) continue;
            handle.path.clear();
            after.add([gate = handle.gate] {
                const std::lock_guard lock(gate->mutex);
                gate->shut = WriteGate::Shut::sent_anew;
            });
        }
    }
    const WriteHandle::Facts facts{.id = registry_->tick(),
                                   .connection = id_,
                                   .readable = mode.read,
                                   .appends = mode.append,
                                   .emptied = emptied};
    if (!created) account_->set_size(session.files, session.files.found(path), info.size_bytes);
    session.files.opened(path, {.id = facts.id, .made = created, .anew = emptied, .others_stay = is_marker});
    if (created) account_->set_size(session.files, session.files.found(path), 0);
    auto gate = std::make_shared<WriteGate>();
    session.handles.emplace(facts.id, WriteHandleEntry{.path = path, .connection = id_, .gate = gate});
    note_change(place);
    return std::make_unique<WriteHandle>(registry_, account_, place.session, std::move(gate), std::move(file),
                                         facts);
}

}  // namespace burnbox::upload
