// One watched folder: follows what changes there, looks at a session when its time has come, and seals it.
// Notices only move a time in the agenda; what a session is gets decided by looking at it, on the disk pool,
// and by the same seal as in an inbox. Thread: all on the watch thread but open_sessions(). Nothing here
// blocks on a session's size: looking, hashing and sealing are jobs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/seal/seal_origin.hpp"
#include "server/watch/agenda.hpp"
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
    [[nodiscard]] bool has(const std::string& session) const { return agenda_.find(session) != nullptr; }
    void burn(const std::string& session, bool again, Done done);
    // Any thread.
    [[nodiscard]] std::vector<OpenSessionStatus> open_sessions() const {
        return agenda_.open_sessions(config_);
    }

  private:
    struct Order {  // what a person asked for
        bool again = false;
        Done done;
    };

    void take(const Notice& notice);
    void rescan();
    void appear(const std::string& top, bool is_folder);
    [[nodiscard]] bool is_strangers(const std::string& top) const;
    void erase(const std::string& name);
    void look(const std::string& name, std::optional<Order> order);
    void looked(const std::string& name, SteadyTime began, const Examined& result,
                const std::optional<Order>& order);
    [[nodiscard]] std::string why_no_marker(const std::string& name, const Examined& result) const;
    [[nodiscard]] std::string why_not_quiet(const Examined& result) const;
    void seal(const std::string& name, const Examined& result, const std::optional<Order>& order);
    void sealed(const std::string& name, const Result<std::string>& answer);
    void check_vanished(const std::string& folder);

    const WatchConfig config_;
    const UploadServices services_;
    const std::function<void(std::function<void()>)> to_watch_thread_;
    const std::shared_ptr<upload::SealOrigin> origin_;
    std::unique_ptr<InotifyTree> tree_;
    Agenda agenda_;
    std::set<std::string> told_;  // entries that are no sessions, said once
    std::optional<SteadyTime> next_rescan_;
};

}  // namespace burnbox::watch
