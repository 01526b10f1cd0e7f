// One watched folder: which sessions are open in it, since when each is quiet, and when to look at it next.
// Notices only move a time; what a session is gets decided by looking at it, on the disk pool, and by the
// same seal as in an inbox. Thread: all on the watch thread but open_sessions(). Nothing here blocks on a
// session's size: looking, hashing and sealing are jobs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/upload/core.hpp"
#include "server/watch/examine.hpp"
#include "server/watch/inotify_tree.hpp"

namespace burnbox::watch {

class WatchedFolder : public std::enable_shared_from_this<WatchedFolder> {
  public:
    // `services.inbox` is that of this folder. `to_watch_thread` runs a job there, called from any thread.
    WatchedFolder(const WatchConfig& config, const UploadServices& services,
                  std::function<void(std::function<void()>)> to_watch_thread);

    // Ends what a crash cut, before the burner starts. Blocks.
    [[nodiscard]] Status recover();
    // Begins to watch, then looks what is there.
    [[nodiscard]] Status start();
    [[nodiscard]] int fd() const { return tree_->fd(); }
    void take_notices();
    // Looks at the sessions whose time has come.
    void tick();
    [[nodiscard]] std::optional<SteadyTime> next_time() const;

    [[nodiscard]] const WatchConfig& config() const { return config_; }
    [[nodiscard]] bool has(const std::string& session) const { return sessions_.contains(session); }
    void burn(const std::string& session, bool again, Done done);
    [[nodiscard]] std::vector<Uploads::OpenSession> open_sessions() const;  // any thread

  private:
    struct Session {
        SteadyTime changed;
        std::string last_changed;
        std::optional<SteadyTime> due;
        bool at_work = false;
        std::uint64_t bytes = 0, files_count = 0;
        std::string reason;
    };
    struct Order {  // what a person asked for
        bool again = false;
        Done done;
    };

    void take(const Notice& notice);
    void rescan();
    void appear(const std::string& top, bool is_folder);
    void note_change(const std::string& session, const std::string& inside);
    void schedule(const std::string& name, Session& session, SteadyTime time);
    void erase(const std::string& name);
    void look(const std::string& name, Session& session, std::optional<Order> order);
    void looked(const std::string& name, SteadyTime began, const Examined& result,
                const std::optional<Order>& order);
    void look_again(const std::string& name, Session& session);
    void seal(const std::string& name, const Examined& result, const std::optional<Order>& order);
    void sealed(const std::string& name, const Result<std::string>& answer);
    void check_vanished(const std::string& folder);
    void set_reason(Session& session, const std::string& reason);

    const WatchConfig config_;
    const UploadServices services_;
    const std::function<void(std::function<void()>)> to_watch_thread_;
    const std::shared_ptr<upload::Core> core_;
    const std::shared_ptr<upload::Account> account_;
    std::unique_ptr<InotifyTree> tree_;
    mutable std::mutex mutex_;  // of sessions_, for open_sessions(); only the watch thread changes it
    std::map<std::string, Session> sessions_;
    std::set<std::pair<SteadyTime, std::string>> due_;
    std::set<std::string> told_;  // entries that are no sessions, said once
    std::optional<SteadyTime> next_rescan_;
    unsigned at_work_ = 0;
};

}  // namespace burnbox::watch
