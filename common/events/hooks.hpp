// The hooks of the configuration: programs that are told of events. They hold nobody up: publishing notes the
// event for each hook that asked for it, and that is all. Told at most once: what waits when the server ends
// is not told later. Threads: made and stopped by the owner.
#pragma once

#include <memory>
#include <vector>

#include "common/events/hook_lane.hpp"

namespace burnbox {

class Hooks {
  public:
    // Events, spawner outlive this. SIGPIPE is ignored.
    Hooks(const std::vector<HookConfig>& hooks, Events& events, Spawner& spawner,
          const HookRules& rules = HookRules());
    ~Hooks();  // stop()

    // What runs gets the grace of the rules, all at once; what waits is dropped.
    void stop();

  private:
    std::vector<std::unique_ptr<HookLane>> lanes_;
    std::shared_ptr<void> subscription_;
};

}  // namespace burnbox
