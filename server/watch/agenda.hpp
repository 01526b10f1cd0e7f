// The open sessions of one watched folder: since when each is quiet, whose turn it is to be looked at, and
// what is told about them. Times and notes only; what is done about them is WatchedFolder's. Thread: all on
// the watch thread but open_sessions(). Names that are not there are ignored.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.hpp"
#include "common/config/config.hpp"
#include "server/upload/client.hpp"

namespace burnbox::watch {

class Agenda {
  public:
    struct Session {
        SteadyTime changed;
        std::string last_changed;  // what, in the session
        std::optional<SteadyTime> due;
        bool at_work = false;  // looked at, or being sealed
        std::uint64_t bytes = 0, files_count = 0;
        std::string reason;  // why it is still open
    };

    explicit Agenda(std::chrono::nanoseconds settle) : quiet_period_(settle) {}

    void add(const std::string& name);
    void erase(const std::string& name);
    [[nodiscard]] const Session* find(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> names() const;

    // It is looked at once it was quiet for the settling time.
    void note_change(const std::string& name, const std::string& inside, SteadyTime now);
    [[nodiscard]] bool is_quiet(const Session& session, SteadyTime now) const {
        return session.changed + quiet_period_ <= now;
    }
    void schedule(const std::string& name, SteadyTime time);
    void schedule_when_quiet(const std::string& name);
    // The first whose time has come; it is not due any more. None while enough are at work.
    [[nodiscard]] std::optional<std::string> take_due(SteadyTime now);
    [[nodiscard]] std::optional<SteadyTime> next_time() const;

    // Every begin has its end, though the session may be gone by then: nullptr.
    void begin_work(const std::string& name);
    [[nodiscard]] const Session* end_work(const std::string& name);

    void set_size(const std::string& name, std::uint64_t bytes, std::uint64_t files_count);
    void set_reason(const std::string& name, const std::string& reason);
    [[nodiscard]] std::vector<OpenSessionStatus> open_sessions(const WatchConfig& folder) const;

  private:
    [[nodiscard]] Session* at(const std::string& name);

    const std::chrono::nanoseconds quiet_period_;
    mutable std::mutex mutex_;  // of sessions_, for open_sessions(); only the watch thread changes it
    std::map<std::string, Session> sessions_;
    std::set<std::pair<SteadyTime, std::string>> due_;
    unsigned at_work_ = 0;
};

}  // namespace burnbox::watch
