// What a hook is told of an event: the same fields as JSON and as environment variables. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/events/events.hpp"

namespace burnbox {

// {"event":"no_disc","time":"2026-11-23T10:00:00Z","drive":"tray",...} and a newline: the fields that apply.
// Never longer than kMostInputBytes: of a longer message only the beginning.
[[nodiscard]] std::string event_json(const Event& event);

// `inherited` and BURNBOX_EVENT, BURNBOX_TIME, BURNBOX_DRIVE ...: the same fields.
[[nodiscard]] std::vector<std::string> event_environment(const Event& event,
                                                         const std::vector<std::string>& inherited);

}  // namespace burnbox
