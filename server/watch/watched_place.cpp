#include "server/watch/watched_place.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/marks/known_folders.hpp"
#include "common/storage/account_view.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox::watch {
namespace {

// How many sessions in this folder have an end still to come.
Result<std::size_t> waiting_in(Catalogue& catalogue, const StagingArea& area) {
    std::size_t count = 0;
    for (const SessionState state : upload::kQueuedStates) {
        BB_TRY(const auto rows, catalogue.sessions_in_state(state));
        for (const SessionRow& row : rows)
            if (row.staging == area && !row.folder.empty()) ++count;
    }
    return count;
}

}  // namespace

WatchedPlace::WatchedPlace(const WatchConfig& config, const UploadServices& services, Post to_watch_thread)
    : config_(config),
      area_(StagingArea::watched(config.path)),
      services_(services),
      to_watch_thread_(std::move(to_watch_thread)) {}

// An empty folder is a mount point without its disk when there should be sessions in it.
Status WatchedPlace::check_is_there() const {
    if (services_.check_mount) BB_CHECK(services_.check_mount(FolderKind::watch, config_.path));
    const auto folder = open_posix_file_system(config_.path);
    if (folder) {
        BB_TRY(const auto entries, list_folder(**folder, ""));
        if (!entries.empty()) return {};
    } else if (folder.error().code != Errc::not_found) {
        return std::unexpected(folder.error());
    }
    BB_TRY(const std::size_t waiting, waiting_in(services_.catalogue, area_));
    if (waiting == 0) return folder ? Status() : std::unexpected(folder.error());
    return fail(
        Errc::unreachable,
        fmt::format(
            "watched folder {} is {}, but {} sessions in it wait to be burned: mount its disk. If this "
            "folder is to take its place, say so with: touch {}/{}",
            escape(config_.path), folder ? "empty" : "missing", waiting, escape(config_.path), kAdoptFile));
}

Status WatchedPlace::open() {
    BB_CHECK(check_is_there());
    auto made = std::make_unique<Opened>();
    BB_TRY(auto posix, open_posix_file_system(config_.path));
    (void)posix->remove(std::string(kAdoptFile));
    made->fs = make_account_view(std::move(posix), config_.account);
    made->inbox = std::make_unique<Inbox>(*made->fs, services_.catalogue, area_);
    const UploadServices own{services_, *made->inbox};
    made->folder = std::make_shared<WatchedFolder>(config_, own, to_watch_thread_);
    opened_.push_back(std::move(made));
    return {};
}

// Nobody works on it yet.
Status WatchedPlace::close_unless(Status done) {
    if (!done) opened_.pop_back();
    return done;
}

Status WatchedPlace::recover() {
    return close_unless(opened_.back()->folder->recover());
}

Status WatchedPlace::start() {
    return close_unless(opened_.back()->folder->start());
}

void WatchedPlace::publish() {
    services_.inbox.add_area(area_, *opened_.back()->fs);
    const std::lock_guard lock(mutex_);
    is_there_ = true;
}

Status WatchedPlace::check_in_place() const {
    return burnbox::check_in_place(*opened_.back()->fs, config_.account);
}

void WatchedPlace::retire(const std::string& why) {
    services_.inbox.area_is_away(area_, why);
    const std::lock_guard lock(mutex_);
    is_there_ = false;
}

std::shared_ptr<WatchedFolder> WatchedPlace::folder() const {
    const std::lock_guard lock(mutex_);
    return is_there_ ? opened_.back()->folder : nullptr;
}

}  // namespace burnbox::watch
