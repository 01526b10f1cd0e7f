// `skim --once`: the answer comes when every skimmer has run.
#pragma once

#include "server/operations/operation_services.hpp"

namespace burnbox {

void run_skim(const Asked& asked);  // for as long as copying takes

}  // namespace burnbox
