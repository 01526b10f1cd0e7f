// Lets go of what was burned (session.keep_burned): the payload of a -burned folder is removed, its receipts
// stay. Only when every copy is good: what a drive can reach is read back right before, each copy by the
// drive that has it; a disc that lies on a shelf counts by its last read-back; an image that is gone counts
// for nothing. And only what is still, byte for byte, what was burned. Threads: any; one at a time gets in,
// the others leave. Blocks.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "burner/schedule/services.hpp"

namespace burnbox {

// Those whose time has come, the longest verified first. `short_of_space`: for until_needed. Pure.
[[nodiscard]] std::vector<SessionRow> due_for_release(const std::vector<SessionRow>& burned,
                                                      const KeepBurned& keep, bool short_of_space,
                                                      Timestamp now);

// When the first of the others will be due; nothing = time alone makes none of them due. Pure.
[[nodiscard]] std::optional<Timestamp> next_release(const std::vector<SessionRow>& burned,
                                                    const KeepBurned& keep, Timestamp now);

// Less than 10 % or 5 GiB free, whichever is less: well before uploads are in danger. Pure.
[[nodiscard]] bool space_is_needed(const FileSystem::Space& space);

class PayloadRelease {
  public:
    explicit PayloadRelease(const BurnerServices& services) : services_(services) {}

    // What reading a copy back now came to.
    enum class Found : std::uint8_t {
        good,
        bad,
        elsewhere,  // another drive has it, or it can't be told now: later
        missing,    // an image that no shelf shows
        shelved,    // a real disc that no drive shows
    };
    using ReadBack = std::function<Found(const DiscRow& disc, const DiscSessionRow& copy)>;

    // Looks when the next payload is due, at least once a minute for each drive. Errors are logged: the
    // payload stays, it is tried again.
    void run_when_due(const std::string& drive, const ReadBack& read_back);
    [[nodiscard]] SteadyTime next_time(const std::string& drive) const;  // max() = never
    void look_again(const std::string& drive);                           // something was burned

  private:
    // When the next one is due, at most `latest`.
    [[nodiscard]] Result<SteadyTime> run(const ReadBack& read_back, SteadyTime latest);
    // False: it must stay, or nothing is left of it but receipts.
    [[nodiscard]] Result<bool> release(const SessionRow& row, const ReadBack& read_back);
    [[nodiscard]] Result<bool> all_copies_good(const SessionRow& row, const ReadBack& read_back);
    [[nodiscard]] bool is_good(const DiscRow& disc, const DiscSessionRow& copy, const ReadBack& read_back);

    const BurnerServices& services_;
    std::mutex one_;
    mutable std::mutex next_mutex_;
    std::map<std::string, SteadyTime> next_;                     // under next_mutex_: by drive
    std::set<SessionId> released_;                               // nothing is left to look for
    std::map<std::pair<DiscId, SessionId>, SteadyTime> proven_;  // read back for this
};

}  // namespace burnbox
