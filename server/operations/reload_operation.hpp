// `reload`: the same as SIGHUP, with an answer.
#pragma once

#include "server/operations/operation_services.hpp"

namespace burnbox {

void run_reload(const Asked& asked);

}  // namespace burnbox
