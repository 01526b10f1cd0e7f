// A watched folder that may be away, because its disk is not mounted, and come back: what stands on it is
// made anew each time. Thread: the watch thread, or before it; folder() any.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "server/watch/watched_folder.hpp"

namespace burnbox::watch {

class WatchedPlace {
  public:
    using Post = std::function<void(std::function<void()>)>;

    // `services` are those of the main inbox; the folder is one of its areas while it is there.
    WatchedPlace(const WatchConfig& config, const UploadServices& services, Post to_watch_thread);

    // Opens it. Errors: unreachable when it is away, with the reason; others say that it can't be used.
    [[nodiscard]] Status open();
    // Ends what a crash cut. Blocks. After an error it is closed.
    [[nodiscard]] Status recover();
    // Begins to watch it; of one that comes back. After an error it is closed.
    [[nodiscard]] Status start();
    // From now on it is there for everybody: the burner sees its sessions.
    void publish();

    // Whether what was opened is still at its path. Errors: unreachable.
    [[nodiscard]] Status check_in_place() const;
    // It went away: lets go of it, as far as nobody works on it.
    void retire(const std::string& why);

    [[nodiscard]] std::shared_ptr<WatchedFolder> folder() const;  // nullptr: it is away
    [[nodiscard]] const WatchConfig& config() const { return config_; }

  private:
    [[nodiscard]] Status check_is_there() const;
    [[nodiscard]] Status close_unless(Status done);

    // What is made anew. Jobs and the burner may still use those that were let go of.
    struct Opened {
        std::unique_ptr<FileSystem> fs;
        std::unique_ptr<Inbox> inbox;
        std::shared_ptr<WatchedFolder> folder;
    };

    const WatchConfig config_;
    const StagingArea area_;
    const UploadServices& services_;
    const Post to_watch_thread_;
    mutable std::mutex mutex_;  // guards is_there_; the last of opened_ is what is there
    bool is_there_ = false;
    std::vector<std::unique_ptr<Opened>> opened_;
};

}  // namespace burnbox::watch
