// Whether what the server writes still goes where it will be found: folders and files that must stay the ones
// it opened. One that is moved, removed or replaced under it would take acknowledged data with it. Threads:
// check() any; the watch has one of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

class PlaceWatch {
  public:
    explicit PlaceWatch(std::chrono::milliseconds interval = std::chrono::seconds(1)) : interval_(interval) {}
    ~PlaceWatch();  // stop()
    PlaceWatch(const PlaceWatch&) = delete;
    PlaceWatch& operator=(const PlaceWatch&) = delete;

    // What is at `path` now has to stay there; `what` names it for people, `origin` says whose loss it is.
    // Before start().
    [[nodiscard]] Status keep(const std::string& what, const std::string& path, Origin origin);

    // The first of them that is not there any more, or another one, if any: Errc::not_found, of its origin.
    // Some stat(2).
    [[nodiscard]] Status check() const;

    // Calls `lost` once, on the watch's thread, with the path of the place that check() fails for.
    void start(std::function<void(const std::string& path, const Error& error)> lost);
    void stop();

  private:
    struct Place {
        std::string what, path;
        dev_t device;
        ino_t inode;
        Origin origin;
    };
    [[nodiscard]] static Status check(const Place& place);
    const std::chrono::milliseconds interval_;
    std::vector<Place> places_;
    std::jthread thread_;
};

}  // namespace burnbox
