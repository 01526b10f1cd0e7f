// What the server and a worker say to each other: one JSON object a line. The worker gets one job, may send
// plan and progress lines, and ends with one result or error. After a plan it waits for "go"; anything
// else, or end of file, cancels. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "burner/operations/disc_operations.hpp"

namespace burnbox {

enum class WorkerOperation : std::uint8_t {
    inspect,
    burn,
    verify,
    adjudicate,
    look,
    eject,
    load,
    prove,
    contents
};
[[nodiscard]] std::string_view to_string(WorkerOperation operation);

struct WorkerJob {
    WorkerOperation operation = WorkerOperation::inspect;
    Device device;                // all but prove
    BurnJob burn;                 // burn, verify, adjudicate, prove; contents: the disc
    unsigned disc_session = 0;    // verify, adjudicate; contents: the last one that is known
    std::uint32_t start_lba = 0;  // adjudicate
};

using WorkerLine = std::variant<BurnPlan, Progress, Error, Medium, Written, VerifyReport, Drive::Outcome,
                                Look, Proof, std::vector<FoundDiscSession>>;

inline constexpr std::string_view kGoLine = "go";

// Lines end with '\n'. to_line(WorkerJob) fails with Errc::invalid when a path is no UTF-8.
[[nodiscard]] Result<std::string> to_line(const WorkerJob& job);
[[nodiscard]] Result<WorkerJob> parse_worker_job(std::string_view line);
[[nodiscard]] std::string to_line(const WorkerLine& line);
[[nodiscard]] Result<WorkerLine> parse_worker_line(std::string_view line);

}  // namespace burnbox
