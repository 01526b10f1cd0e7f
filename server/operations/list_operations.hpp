// The operations that only look: status, sessions, discs, drives, find. An account sees its own sessions, and
// of discs only those that hold one of them.
#pragma once

#include "server/operations/operation_services.hpp"

namespace burnbox {

void run_status(const Asked& asked);
void run_sessions(const Asked& asked);
void run_discs(const Asked& asked);
void run_drives(const Asked& asked);
void run_find(const Asked& asked);

}  // namespace burnbox
