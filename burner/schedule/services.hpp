// What the burner's parts need of the rest of the program.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "burner/parity/parity_program.hpp"
#include "burner/worker/prover.hpp"
#include "common/base/clock.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/config/current_config.hpp"
#include "common/events/events.hpp"
#include "common/inbox/inbox.hpp"
#include "common/marks/generation.hpp"

namespace burnbox {

struct BurnerServices {
    const CurrentConfig& config;
    const Clock& clock;
    Catalogue& catalogue;
    Inbox& inbox;
    FileSystem& state_fs;  // rooted at state_dir: seals/, rollback/, recovery/
    Events& events;
    ParityProgram& parity;
    Prover& prover;
    // Runs a command of an autoloader with more variables; gives up when `cut_off` is set.
    std::function<Status(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                         const std::atomic<bool>& cut_off)>
        run_changer{};
    // Notes the catalogue's generation beside the data, durably, before what it begins counts.
    std::function<Status()> note_generation{};
    CatalogueAge catalogue_age = CatalogueAge::current;  // at start
    // An image_dir is away, and why; "" = it is there. Told again and again. Any thread.
    std::function<void(const std::string& path, const std::string& why)> folder_is_away{};
};

}  // namespace burnbox
