#include "common/inbox/inbox.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/existence.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostNumbers = 1'000'000;  // holiday-burned-1000000: something else is wrong by then

// Whether another session's row says that its folder is `folder` now: its name, or the name of a move that
// was done.
Result<bool> belongs_to_other(FileSystem& fs, Catalogue& catalogue, const SessionRow& row,
                              const std::string& folder) {
    BB_TRY(const auto rows, catalogue.sessions(row.account));
    for (const SessionRow& other : rows) {
        if (other.id == row.id || other.staging != row.staging) continue;
        if (other.folder == folder && other.folder_next.empty()) return true;
        if (other.folder_next != folder) continue;
        BB_TRY(const bool still_at_source, exists(fs, join_path(row.account, other.folder)));
        if (!still_at_source) return true;
    }
    return false;
}

}  // namespace

Inbox::Inbox(FileSystem& fs, Catalogue& catalogue, StagingArea area)
    : fs_(fs), catalogue_(catalogue), area_(std::move(area)) {
    areas_[area_].fs = &fs_;
}

void Inbox::add_area(const StagingArea& area, FileSystem& fs) {
    const std::unique_lock lock(areas_mutex_);
    Place& place = areas_[area];
    place.fs = &fs;
    place.away.clear();
}

void Inbox::area_is_away(const StagingArea& area, const std::string& why) {
    const std::unique_lock lock(areas_mutex_);
    Place& place = areas_[area];
    place.fs = nullptr;
    place.away = why;
}

Result<FileSystem*> Inbox::fs_of(const SessionRow& row) const {
    const std::shared_lock lock(areas_mutex_);
    const auto found = areas_.find(row.staging);
    if (found != areas_.end() && found->second.fs != nullptr) return found->second.fs;
    if (found != areas_.end()) return fail(Errc::unreachable, found->second.away);
    return fail(
        Errc::not_found,
        fmt::format("the folder of {}/{} is in {}, which is not a watched folder any more; put it back under "
                    "`watch` and restart burnbox",
                    escape(row.account), escape(row.disc_name),
                    row.staging.is_watched() ? escape(*row.staging.watched_folder()) : "inbox_dir"));
}

Result<Inbox::Texts> Inbox::texts_of(const SessionRow& row) {
    BB_TRY(FileSystem* const fs, fs_of(row));
    const std::shared_lock lock(areas_mutex_);
    return Texts{fs, &areas_.at(row.staging).texts};
}

Result<std::string> Inbox::first_free_folder(const std::string& account, const std::string& name,
                                             FolderState state) {
    return first_free_folder(fs_, account, name, state);
}

Result<std::string> Inbox::first_free_folder(FileSystem& fs, const std::string& account,
                                             const std::string& name, FolderState state) {
    SessionFolder folder{.name = name, .state = state};
    for (; folder.number <= kMostNumbers; ++folder.number) {
        std::string path = join_path(account, folder.folder());
        BB_TRY(const bool taken, exists(fs, path));
        if (!taken) return path;
        if (state == FolderState::open)
            return fail(Errc::exists,
                        fmt::format("there is a session {} already; rename or seal that one first", name));
    }
    return fail(Errc::exists, fmt::format("no free folder name for {} in {}", name, account));
}

Status Inbox::move(SessionId id, FolderState state) {
    BB_TRY(SessionRow row, catalogue_.session(id));
    if (!row.folder_next.empty()) {
        BB_CHECK(finish_move(row));
        BB_TRY(row, catalogue_.session(id));
    }
    if (row.folder.empty())
        return fail(Errc::not_found, fmt::format("{}/{} has no folder any more", row.account, row.disc_name));
    if (parse_folder(row.folder).state == state) return {};
    BB_TRY(FileSystem* const fs, fs_of(row));
    BB_TRY(const std::string target, first_free_folder(*fs, row.account, row.name, state));
    return move_to(std::move(row), std::string(base_name(target)));
}

Status Inbox::move_to(SessionRow row, const std::string& folder) {
    BB_TRY(FileSystem* const fs, fs_of(row));
    row.folder_next = folder;
    BB_CHECK(catalogue_.begin_move(row.id, folder));
    const Status moved = finish_move(row);
    // A rename that failed left everything as it was: so does the row. The first error is the one to report.
    if (!moved && !exists(*fs, join_path(row.account, folder)).value_or(true))
        (void)catalogue_.set_folder(row.id, row.folder);
    return moved;
}

Status Inbox::finish_move(const SessionRow& row) {
    if (row.folder_next.empty()) return {};
    BB_TRY(FileSystem* const fs, fs_of(row));
    const std::string source = join_path(row.account, row.folder);
    std::string target = join_path(row.account, row.folder_next);
    BB_TRY(const bool at_source, exists(*fs, source));
    BB_TRY(const bool at_target, exists(*fs, target));
    if (!at_source && !at_target)
        return fail(Errc::not_found, fmt::format("neither {} nor {} is there: the folder of {}/{} is missing",
                                                 source, target, row.account, row.disc_name));
    bool rename_it = !at_target;
    if (at_source && at_target) {
        // Either the rename was done and a new session took the old name, or another session took the new
        // one.
        BB_TRY(const bool taken, belongs_to_other(*fs, catalogue_, row, row.folder_next));
        if (taken) {
            BB_TRY(target,
                   first_free_folder(*fs, row.account, row.name, parse_folder(row.folder_next).state));
            BB_CHECK(catalogue_.begin_move(row.id, std::string(base_name(target))));
            rename_it = true;
        }
    }
    if (rename_it) BB_CHECK(fs->rename(source, target, RenameMode::no_replace));
    BB_CHECK(fs->sync_folder(row.account));
    return catalogue_.end_move(row.id);
}

Status Inbox::write_status(const SessionRow& row, const std::function<std::string()>& text) {
    BB_TRY(const Texts place, texts_of(row));
    const std::lock_guard lock(*place.mutex);
    BB_TRY(const SessionRow now, catalogue_.session(row.whole_or_self()));
    if (folder_state(now.state) != FolderState::queued) return {};
    // An older catalogue may not know yet what the receipt in its folder says, or where its folder is.
    if (row.folder.empty() || parse_folder(row.folder).state == FolderState::burned) return {};
    return replace_file(*place.fs, join_path(join_path(row.account, row.folder), "STATUS.txt"), text(),
                        Durability::visible);
}

Status Inbox::remove_own_file(const SessionRow& row, const std::string& name) {
    BB_TRY(const Texts place, texts_of(row));
    const std::lock_guard lock(*place.mutex);
    const Status removed = place.fs->remove(join_path(join_path(row.account, row.folder), name));
    if (!removed && removed.error().code != Errc::not_found) return removed;
    return {};
}

Inbox::Places Inbox::places() const {
    const std::shared_lock lock(areas_mutex_);
    Places places;
    for (const auto& [area, place] : areas_) {
        if (place.fs == nullptr)
            places.all = false;
        else
            places.there.push_back(place.fs);
    }
    return places;
}

}  // namespace burnbox
