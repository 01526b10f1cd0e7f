// One hook: the events it asked for, one after the other, each a run of its program. A run that hangs delays
// this hook's later events and nothing else. Threads: events come from any; the runs have a thread of their
// own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/events/events.hpp"
#include "common/events/hook_config.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

struct HookRules {
    std::chrono::milliseconds limit{60'000};  // of one run; then it is killed with its group
    std::chrono::milliseconds grace{2'000};   // for the run that is under way when the server stops
    std::size_t most_waiting = 1'000;         // events; later ones are dropped, and the log says so
};

class HookLane {
  public:
    // The spawner outlives this. `environment` is what every run inherits.
    HookLane(HookConfig hook, Spawner& spawner, std::vector<std::string> environment, const HookRules& rules);
    ~HookLane();  // stop()
    HookLane(const HookLane&) = delete;
    HookLane& operator=(const HookLane&) = delete;

    // Notes the event when the hook asked for it. Any thread; never blocks.
    void add(const Event& event);

    // Takes nothing more and drops what waits. Then stop() waits for the run under way, kills it at `grace`.
    void begin_stop();
    void stop();

  private:
    void work();
    void run(const Event& event);
    void report_dropped();

    const HookConfig hook_;
    Spawner& spawner_;
    const std::vector<std::string> environment_;
    const HookRules rules_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Event> waiting_;
    std::size_t dropped_ = 0;  // since the queue was last empty
    bool running_ = false;
    bool stopping_ = false;
    ChildKiller killer_;  // of the run under way
    std::thread thread_;  // last: it uses the rest
};

}  // namespace burnbox
