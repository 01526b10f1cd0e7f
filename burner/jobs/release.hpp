// Lets go of what was burned (session.keep_burned): the payload of a -burned folder is removed, its receipts
// stay. Only when the catalogue says that each copy was read back, and no copy's disc is suspect since then.
// Threads: any; one at a time gets in, the others leave. Blocks.
#pragma once

#include <mutex>
#include <set>
#include <vector>

#include "burner/jobs/burner.hpp"

namespace burnbox {

// Those whose time has come, the longest verified first. `short_of_space`: for until_needed. Pure.
[[nodiscard]] std::vector<SessionRow> due_for_release(const std::vector<SessionRow>& burned,
                                                      const KeepBurned& keep, bool short_of_space,
                                                      Timestamp now);

// Less than 10 % or 5 GiB free, whichever is less: well before uploads are in danger. Pure.
[[nodiscard]] bool space_is_needed(const FileSystem::Space& space);

class PayloadRelease {
  public:
    explicit PayloadRelease(const BurnerServices& services) : services_(services) {}

    // Looks at most once a minute. Errors are logged: the payload stays, it is tried again.
    void run_when_due();

  private:
    [[nodiscard]] Status run();
    // False: it must stay, or nothing is left of it but receipts.
    [[nodiscard]] Result<bool> release(const SessionRow& row);
    [[nodiscard]] Result<bool> all_copies_good(const SessionRow& row);

    const BurnerServices& services_;
    std::mutex one_;
    SteadyTime next_ = SteadyTime::min();
    std::set<SessionId> released_;  // nothing is left to look for
};

}  // namespace burnbox
