#pragma once

#include <string>
#include <vector>

#include "common/events/event_names.hpp"

namespace burnbox {

struct HookConfig {  // a program that is told of events
    std::vector<EventKind> on;
    std::vector<std::string> run;  // program and arguments
    bool operator==(const HookConfig&) const = default;
};

}  // namespace burnbox
