// One conversation with one worker: sends the job, passes plan and progress on, and comes back with the
// result. Blocks.
#pragma once

#include "burner/worker/worker_drive.hpp"
#include "burner/worker/worker_protocol.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

struct Conversed {
    Result<WorkerLine> line;
    bool ends_by_itself = true;  // false: it makes no progress or no sense, and is to be killed
};

// `observer` may be nullptr for operations that write nothing. Errors: what the worker or about_to_write
// answered; unreachable when a real drive's worker hangs, timeout when an emulated one's does; io when it
// ended without a result. The worker's input is closed then; it may still run.
[[nodiscard]] Conversed converse(Child& worker, const WorkerJob& job, const WorkerPatience& patience,
                                 BurnObserver* observer);

// Whether it has ended, or does so within that time.
[[nodiscard]] bool ends_within(Child& worker, std::chrono::milliseconds time);

}  // namespace burnbox
