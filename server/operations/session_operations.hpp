// The operations that change or read one session: burn, cancel, retry, verify.
#pragma once

#include "server/operations/burn_wait.hpp"
#include "server/operations/operation_services.hpp"

namespace burnbox {

void run_burn(const Asked& asked, BurnWaits& waits);
void run_cancel(const Asked& asked);
void run_retry(const Asked& asked);
void run_verify(const Asked& asked);  // for hours

// What is done with the disc in a drive.
void run_by_hand(const Asked& asked, Burner::ByHand what);

}  // namespace burnbox
