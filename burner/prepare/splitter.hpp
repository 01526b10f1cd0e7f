// Splits queued sessions that are larger than a blank disc of their pool (burn.span) before a drive takes
// them: the parts' seal records are durable before the catalogue has their rows, in one transaction. Without
// the rows whatever lies in seals/ is made anew, the same; with them the parts stay as they are. Threads:
// run_once() by one at a time.
#pragma once

#include <map>

#include "burner/schedule/backoff.hpp"
#include "burner/schedule/schedule.hpp"
#include "burner/schedule/services.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {

// Whether it is still to be found out if the session fits on a disc: nobody else may take it until then.
[[nodiscard]] bool waits_for_split(const Config& config, const Schedule& schedule, const SessionRow& row);

// What one blank disc takes of a session of the pool, on as many drives as it wants copies; 0 = unknown.
[[nodiscard]] std::uint64_t part_capacity_bytes(const Schedule& schedule, const PoolConfig& pool,
                                                unsigned copies);

class Splitter {
  public:
    Splitter(const BurnerServices& services, Schedule& schedule) : services_(services), schedule_(schedule) {}

    // Looks at the queued sessions that are new. False when there are none. Blocks.
    [[nodiscard]] Result<bool> run_once();
    // When there may be something to do without any change.
    [[nodiscard]] SteadyTime next_time() const;

  private:
    [[nodiscard]] Result<bool> step();
    void waits(const SessionRow& row, const Error& error);
    [[nodiscard]] Status look_at(const SessionRow& row);
    [[nodiscard]] Status split(const SessionRow& row, const SealedSession& sealed,
                               std::uint64_t capacity_bytes);
    [[nodiscard]] Status give_up(const SessionRow& row, const std::string& reason);
    [[nodiscard]] Result<Proof> prove_part(const SessionRow& row, const SealedSession& part);

    const BurnerServices& services_;
    Schedule& schedule_;
    std::map<SessionId, Backoff> waiting_;  // they could not be looked at, or split
    Backoff rest_;                          // after errors of the catalogue
};

}  // namespace burnbox
