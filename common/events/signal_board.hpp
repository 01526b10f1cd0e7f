// Which signals stand and what their files say: the state behind signals_dir, without the folder. A signal
// stands as long as its condition holds for at least one drive or session. Pure; thread: one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/events/event_names.hpp"
#include "common/events/events.hpp"

namespace burnbox {

class SignalBoard {
  public:
    // Takes a condition's begin, change or end; returns the condition, or nullptr for any other event.
    const Condition* take(const Event& event);
    // What its file says; none = it does not stand. Not more than some dozen lines, however many cases.
    [[nodiscard]] std::optional<std::string> text(const Condition& condition) const;

  private:
    std::map<const Condition*, std::map<std::string, Event>> cases_;  // by drive or session; time = since
};

}  // namespace burnbox
