// The worker process: the only code that calls libisoburn, one operation per process. It reads one JSON job
// line from standard input, writes JSON lines (plan, progress, message, result) to standard output, and waits
// for "go" before it writes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "common/config/config.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

// main() of `burnbox worker`. Returns the exit code.
[[nodiscard]] int worker_main();

// What the configuration's `burn:` says about every real drive.
struct DrivePolicy {
    bool write_once_only = false;
    double speed = 0;  // in "x"; 0 = as fast as it goes
    // Whether the folder image_dir of an emulated drive is the one that it was; errors unreachable. Any
    // thread.
    std::function<Status(const std::string& image_dir)> check_folder{};
};

// A drive of the configuration whose operations run in workers: `program` is this program's path.
// Emulated ones keep their discs in config.image_dir.
[[nodiscard]] std::unique_ptr<Drive> make_worker_drive(const DriveConfig& config, Spawner& spawner,
                                                       const std::string& program,
                                                       const DrivePolicy& policy = {});

}  // namespace burnbox
