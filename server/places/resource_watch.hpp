// Watches what the server lives on, the space for uploads, whether it can be written to, and the catalogue,
// and publishes the conditions staging_full and catalogue_error. A thread of its own, because asking may
// block. Threads: made and stopped by the owner; catalogue_failed() from any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "burner/schedule/conditions.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

struct WatchedSpace {
    std::string key;  // of the configuration: "inbox_dir"
    FileSystem& fs;
    std::string folder{};  // in it; it counts while it is on another disk than the top
};

// Less than 2 % or 1 GiB is free, whichever is less, or less than 2 % or 10,000 of the inodes. Once short, it
// takes a quarter more than that to be short no longer. Pure.
[[nodiscard]] bool is_short_of_space(const FileSystem::Space& space, bool was_short);

class ResourceWatch {
  public:
    // A folder on this machine, and why nothing can be written there; "" = it can again.
    using FolderFails = std::function<void(const std::string& host_path, const std::string& why)>;

    // What it is given outlives it.
    ResourceWatch(std::vector<WatchedSpace> spaces, Catalogue& catalogue, Events& events, const Clock& clock,
                  FolderFails folder_fails = {},
                  std::chrono::milliseconds interval = std::chrono::seconds(5));
    ~ResourceWatch();  // stop()

    // The catalogue could not be read or written. Only notes it; the watch tries it until it works again.
    void catalogue_failed(const Error& error);
    // An older copy of it was put back, as this start found out: `what`, for people. Holds until the server
    // ends.
    void catalogue_is_older(const std::string& what);
    // The condition holds until the server ends.
    void catalogue_lost(const Error& error);

    void stop();

  private:
    void run(const std::stop_token& stop);
    void look_at_spaces();
    void look_at_writing();
    void look_at_catalogue(const std::string& failure);

    const std::vector<WatchedSpace> spaces_;
    Catalogue& catalogue_;
    const FolderFails folder_fails_;
    const std::chrono::milliseconds interval_;
    Conditions conditions_;
    std::vector<bool> short_;        // the thread's: by space; one that can't be asked stays as it was
    std::vector<std::string> said_;  // the thread's: by space, what was said of it last
    std::vector<bool> unwritable_;   // the thread's: by space
    unsigned looks_ = 0;             // the thread's
    bool catalogue_fails_ = false;   // the thread's
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::string failure_;  // under mutex_: of the catalogue, not looked at yet
    bool lost_ = false;    // under mutex_
    std::string older_;    // under mutex_: "" = it is not
    std::jthread thread_;  // last: it uses the rest
};

}  // namespace burnbox
