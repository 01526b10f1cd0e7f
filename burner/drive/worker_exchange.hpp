// One conversation with one worker: sends the job, passes plan and progress on, and comes back with the
// result. Blocks.
#pragma once

#include "burner/drive/worker_drive.hpp"
#include "burner/drive/worker_protocol.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

// `observer` may be nullptr for operations that write nothing. Errors: what the worker or about_to_write
// answered; Errc::timeout when it hung and was killed; Errc::io when it ended without a result.
[[nodiscard]] Result<WorkerLine> converse(Child worker, const WorkerJob& job, const WorkerPatience& patience,
                                          BurnObserver* observer);

}  // namespace burnbox
