// How long ago something was by a wall clock that may be wrong: steps of it that were seen while this process
// runs don't count, as when a machine without a clock battery hears the time from the network, 56 years on.
// Threads: one.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "common/base/clock.hpp"

namespace burnbox {

class ClockSteps {
  public:
    // What both clocks say at one moment; call it every few minutes. Returns how far the wall clock was
    // stepped since the last call, forwards if positive; nothing = it runs as the steady one does, to a
    // minute.
    std::optional<Timestamp::duration> look(Timestamp now, SteadyTime steady);

    // The time from `since` to `now` without the steps between them; negative when `since` is to come. From
    // the first look when `since` is of a clock that was never set: before the first burnbox. Never
    // overflows.
    [[nodiscard]] Timestamp::duration age(Timestamp since, Timestamp now) const;

  private:
    struct Step {
        Timestamp before;  // what the wall clock would say without it
        Timestamp::duration by;
    };
    std::optional<Timestamp> first_;
    std::optional<std::pair<Timestamp, SteadyTime>> last_;
    std::vector<Step> steps_;
};

}  // namespace burnbox
