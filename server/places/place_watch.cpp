#include "server/places/place_watch.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "common/base/text.hpp"

namespace burnbox {

PlaceWatch::~PlaceWatch() {
    stop();
}

Status PlaceWatch::keep(const std::string& what, const std::string& path, Origin origin) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail_errno("look at", path);
    places_.push_back({what, path, info.st_dev, info.st_ino, origin});
    return {};
}

Status PlaceWatch::check(const Place& place) {
    struct stat info{};
    if (::stat(place.path.c_str(), &info) != 0)
        return fail(Errc::not_found, fmt::format("{} {} is gone from under the running server: {}",
                                                 place.what, escape(place.path), std::strerror(errno)));
    if (info.st_dev != place.device || info.st_ino != place.inode)
        return fail(Errc::not_found, fmt::format("{} {} is another one than the running server opened",
                                                 place.what, escape(place.path)));
    return {};
}

Status PlaceWatch::check() const {
    for (const Place& place : places_) BB_CHECK(with_origin(place.origin, check(place)));
    return {};
}

void PlaceWatch::start(std::function<void(const std::string& path, const Error& error)> lost) {
    thread_ = std::jthread([this, lost = std::move(lost)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        while (!never.wait_for(lock, stop, interval_, [] { return false; }) && !stop.stop_requested())
            for (const Place& place : places_)
                if (const Status there = with_origin(place.origin, check(place)); !there)
                    return lost(place.path, there.error());
    });
}

void PlaceWatch::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

}  // namespace burnbox
