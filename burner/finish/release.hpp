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

#include "burner/finish/clock_steps.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

// Those whose payload may go as far as time tells, the longest verified first. Pure.
[[nodiscard]] std::vector<SessionRow> due_for_release(const std::vector<SessionRow>& burned,
                                                      const KeepBurned& keep, const ClockSteps& clock,
                                                      Timestamp now);

// How long until the first of the others will be due; nothing = time alone makes none of them due. Pure.
[[nodiscard]] std::optional<Timestamp::duration> next_release(const std::vector<SessionRow>& burned,
                                                              const KeepBurned& keep, const ClockSteps& clock,
                                                              Timestamp now);

// Less than 10 % or 5 GiB free, whichever is less: well before uploads are in danger. Pure.
[[nodiscard]] bool space_is_needed(const FileSystem::Space& space);

class PayloadRelease {
  public:
    explicit PayloadRelease(const BurnerServices& services) : services_(services) {}

    // Where a copy's disc is, for the drive that asks.
    enum class Reach : std::uint8_t {
        here,
        another_drive,  // has it, and reads it back itself
        shelved,        // a real disc that no drive shows
        unknown,        // it can't be told now
        missing,        // an image that no shelf shows
    };
    // What reading a copy back now came to.
    enum class Found : std::uint8_t { good, bad, unknown };
    struct Discs {
        std::function<Reach(const DiscRow& disc)> reach;
        std::function<Found(const DiscRow& disc, const DiscSessionRow& copy)> read_back;
    };

    // Looks when the next payload is due, at least once a minute for each drive, and reads back or lets go of
    // one session at most: true = it did, and there may be more, after whatever else the drive has to do.
    // Errors are logged: the payload stays, it is tried again.
    bool run_when_due(const std::string& drive, const Discs& discs);
    [[nodiscard]] SteadyTime next_time(const std::string& drive) const;  // max() = never
    void look_again(const std::string& drive);                           // something was burned

  private:
    enum class Outcome : std::uint8_t { stays, read, released };
    struct Asking {
        const std::string& drive;
        const Discs& discs;
        std::vector<DiscRow> known{};  // as the catalogue has them
    };
    struct CopyToRead {
        const DiscRow* disc;
        DiscSessionRow copy;
        Reach reach;
    };
    [[nodiscard]] Result<bool> run(Asking asking);
    void note_clock();
    void look_at(const std::string& drive, SteadyTime time);  // again then
    [[nodiscard]] bool is_short_of_space();                   // any of the disks of staging folders
    [[nodiscard]] SteadyTime time_of_next(const std::vector<SessionRow>& burned,
                                          const KeepBurned& keep) const;
    [[nodiscard]] Result<bool> is_needed(const SessionRow& row, const KeepBurned& keep);
    [[nodiscard]] Result<Outcome> release(const SessionRow& row, const Asking& asking);
    [[nodiscard]] Result<bool> has_all_copies(const SessionRow& row,
                                              const std::vector<DiscSessionRow>& copies);
    // What has to be read back before the payload may go; nothing = it must stay, whatever that would say.
    [[nodiscard]] Result<std::optional<std::vector<CopyToRead>>> copies_to_read(const SessionRow& row,
                                                                                const Asking& asking);
    [[nodiscard]] bool read_back_well(const SessionRow& row, const Asking& asking,
                                      const std::vector<CopyToRead>& copies);
    void rest(const SessionRow& row, const Asking& asking);

    const BurnerServices& services_;
    std::mutex one_;
    mutable std::mutex next_mutex_;
    std::map<std::string, SteadyTime> next_;  // under next_mutex_: by drive
    ClockSteps clock_;
    std::set<SessionId> released_;                                     // nothing is left to look for
    std::map<std::pair<SessionId, std::string>, SteadyTime> resting_;  // until then, at this drive
    std::map<std::pair<DiscId, SessionId>, SteadyTime> proven_;        // read back for this
};

}  // namespace burnbox
