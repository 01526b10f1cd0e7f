#include "server/places/resource_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/parts.hpp"
#include "common/base/text.hpp"
#include "common/storage/access_problem.hpp"
#include "common/storage/disk_space.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostReservedBytes = 1ULL << 30U;
constexpr std::uint64_t kMostReservedInodes = 10'000;

// Some file systems count no inodes: total 0 is never short.
bool is_below(std::uint64_t left, std::uint64_t total, std::uint64_t most_reserved, bool was_short) {
    const std::uint64_t reserved = std::min(total / 50, most_reserved);
    return left < (was_short ? reserved + reserved / 4 : reserved);
}

constexpr unsigned kLooksBetweenProbes = 12;  // a minute
constexpr const char* kProbe = ".burnbox-probe";

bool has_own_disk(const WatchedSpace& place) {
    if (place.folder.empty()) return true;
    const auto top = place.fs.info(""), folder = place.fs.info(place.folder);
    return top && folder && folder->device != top->device;
}

// Durably, so that the disk is asked.
Status try_to_write(const WatchedSpace& place) {
    const std::string path = join_path(place.folder, kProbe);
    BB_TRY(const auto file, place.fs.open(path, {.write = true, .create = true, .truncate = true}));
    BB_CHECK(file->write_at(std::as_bytes(std::span("?", 1)), 0));
    BB_CHECK(file->sync());
    return place.fs.remove(path);
}

std::string why_not(const std::string& key, const Error& error) {
    const std::string remedy = disk_remedy(error.sys_errno);
    return fmt::format("{} can't be written to, so that nothing can be uploaded or sealed: {}{}", key,
                       error.message, remedy.empty() ? "" : "; " + remedy);
}

Event condition(EventKind kind, std::string message) {
    Event event;
    event.kind = kind;
    event.message = std::move(message);
    return event;
}

}  // namespace

bool is_short_of_space(const FileSystem::Space& space, bool was_short) {
    return is_below(space.free_bytes, space.total_bytes, kMostReservedBytes, was_short) ||
           is_below(space.free_inodes, space.total_inodes, kMostReservedInodes, was_short);
}

ResourceWatch::ResourceWatch(std::vector<WatchedSpace> spaces, Catalogue& catalogue, Events& events,
                             const Clock& clock, FolderFails folder_fails, std::chrono::milliseconds interval)
    : spaces_(std::move(spaces)),
      catalogue_(catalogue),
      folder_fails_(std::move(folder_fails)),
      interval_(interval),
      conditions_(events, clock),
      short_(spaces_.size(), false),
      said_(spaces_.size()),
      unwritable_(spaces_.size(), false) {
    thread_ = std::jthread(
        [this](const std::stop_token& stop) { (void)guard_part("resource watch", [&] { run(stop); }); });
}

ResourceWatch::~ResourceWatch() {
    stop();
}

void ResourceWatch::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void ResourceWatch::catalogue_failed(const Error& error) {
    const std::lock_guard lock(mutex_);
    failure_ = error.message;
    changed_.notify_all();
}

void ResourceWatch::catalogue_is_older(const std::string& what) {
    {
        const std::lock_guard lock(mutex_);
        older_ = what;
    }
    conditions_.raise(condition(EventKind::catalogue_error, what));
}

void ResourceWatch::catalogue_lost(const Error& error) {
    const std::lock_guard lock(mutex_);
    lost_ = true;
    failure_ = error.message;
    changed_.notify_all();
}

void ResourceWatch::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const std::string failure = std::exchange(failure_, "");
        lock.unlock();
        look_at_spaces();
        look_at_writing();
        look_at_catalogue(failure);
        lock.lock();
        changed_.wait_for(lock, stop, interval_, [this] { return !failure_.empty() && !catalogue_fails_; });
    }
}

// One sentence for all that are short, with the numbers of the moment when one more became it.
void ResourceWatch::look_at_spaces() {
    bool more = false;
    for (std::size_t i = 0; i < spaces_.size(); ++i) {
        const bool counts = has_own_disk(spaces_[i]);
        const auto space = space_at(spaces_[i].fs, spaces_[i].folder);
        if (counts && !space) continue;  // whoever needs it says why it can't be used
        const bool is_short = counts && is_short_of_space(*space, short_[i]);
        more = more || is_short != short_[i];
        short_[i] = is_short;
        said_[i] = !is_short ? ""
                             : fmt::format("{} ({}) has {} and {} inodes free of {}", spaces_[i].key,
                                           escape(spaces_[i].fs.host_path(spaces_[i].folder)),
                                           human_bytes(space->free_bytes), space->free_inodes,
                                           human_bytes(space->total_bytes));
    }
    std::string text;
    for (const std::string& said : said_)
        if (!said.empty()) text += (text.empty() ? "" : "; ") + said;
    if (text.empty()) return conditions_.clear(EventKind::staging_full, "");
    if (more) conditions_.raise(condition(EventKind::staging_full, text));
}

// A disk that failed may be read only by now, and who uploads is the only one that is told. While one fails
// it is tried each time, so that the end is seen soon.
void ResourceWatch::look_at_writing() {
    if (!folder_fails_) return;
    const bool is_due = looks_++ % kLooksBetweenProbes == 0;
    for (std::size_t i = 0; i < spaces_.size(); ++i) {
        if (!is_due && !unwritable_[i]) continue;
        const Status written = has_own_disk(spaces_[i]) ? try_to_write(spaces_[i]) : Status();
        const bool fails = !written && written.error().code != Errc::no_space;  // that is said already
        if (fails == unwritable_[i]) continue;
        unwritable_[i] = fails;
        folder_fails_(spaces_[i].fs.host_path(spaces_[i].folder),
                      fails ? why_not(spaces_[i].key, written.error()) : "");
    }
}

// While it holds nobody may be using the catalogue, so it is tried from here.
void ResourceWatch::look_at_catalogue(const std::string& failure) {
    if (!failure.empty()) {
        if (!catalogue_fails_) conditions_.raise(condition(EventKind::catalogue_error, failure));
        catalogue_fails_ = true;
        return;
    }
    if (!catalogue_fails_) return;
    if (const std::lock_guard lock(mutex_); lost_) return;
    if (catalogue_.check_writable()) {
        conditions_.clear(EventKind::catalogue_error, "");
        catalogue_fails_ = false;
        std::unique_lock lock(mutex_);
        const std::string older = older_;
        lock.unlock();
        if (!older.empty()) conditions_.raise(condition(EventKind::catalogue_error, older));
        return;
    }
    const std::lock_guard lock(mutex_);
    failure_.clear();  // of this try
}

}  // namespace burnbox
