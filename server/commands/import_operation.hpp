// `import DIR --session NAME`: the answer comes when the session is sealed, or with --wait when it is burned.
#pragma once

#include "server/commands/burn_wait.hpp"
#include "server/commands/operation_services.hpp"

namespace burnbox {

void run_import(const Asked& asked, BurnWaits& waits);  // for as long as copying takes

}  // namespace burnbox
