// What an inbox needs of a program that is not there: jobs run at once, everything fits, every proof is good,
// nobody is woken.
#pragma once

#include "server/sessions/services.hpp"

namespace burnbox::test {

inline SharedServices quiet_services(const CurrentConfig& config, const Clock& clock, Catalogue& catalogue,
                                     FileSystem& state_fs, Events& events) {
    return {.config = config,
            .clock = clock,
            .catalogue = catalogue,
            .state_fs = state_fs,
            .events = events,
            .run_blocking = [](const std::function<void()>& job) { job(); },
            .check_fits = [](const std::string&, const Manifest&) { return Status(); },
            .prove = [](const std::string&) { return Proof{}; },
            .wake_burner = [] {}};
}

}  // namespace burnbox::test
