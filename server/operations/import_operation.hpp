// `import DIR --session NAME`: the answer comes when the session is sealed, or with --wait when it is burned.
#pragma once

#include "server/operations/burn_wait.hpp"
#include "server/operations/operation_services.hpp"

namespace burnbox {

void run_import(const Asked& asked, BurnWaits& waits);  // for as long as copying takes

}  // namespace burnbox
