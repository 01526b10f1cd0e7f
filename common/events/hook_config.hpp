#pragma once

#include <string>
#include <vector>

namespace burnbox {

struct HookConfig {                // a program that is told of events
    std::vector<std::string> on;   // of event_names()
    std::vector<std::string> run;  // program and arguments
    bool operator==(const HookConfig&) const = default;
};

}  // namespace burnbox
