// Makes the recovery data of queued sessions, one after the other, before a drive takes them: state_dir/
// recovery/<seal id>/ gets the files, and only when all of them are durable the record in seals/ says what
// they are. Without a record whatever lies there is begun anew, so a crash needs no care. A record stays as
// it is: copies of a session have the same bag. The files go when the session is burned. Threads: run_once()
// by one at a time.
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <string>

#include "burner/prepare/parity_making.hpp"
#include "burner/schedule/backoff.hpp"
#include "burner/schedule/schedule.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

// Whether a drive must leave the session alone for now.
[[nodiscard]] bool waits_for_parity(const BurnerServices& services, const Schedule& schedule,
                                    const SessionRow& row);

// What the recovery data of a sealed session takes on the disc: as its record says, else never too little.
[[nodiscard]] std::uint64_t parity_bytes(const SealedSession& sealed, unsigned percent);

class ParityLoop {
  public:
    ParityLoop(const BurnerServices& services, Schedule& schedule)
        : services_(services), schedule_(schedule) {}

    // One session made ready. False when there is nothing to do now. Blocks, for hours with large ones. After
    // an error it rests for a while.
    [[nodiscard]] Result<bool> run_once();
    void wake() { woken_ = true; }               // any thread: what waits is tried at once
    [[nodiscard]] SteadyTime next_time() const;  // when there may be something to do without any change

  private:
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Status remove_what_nobody_needs();
    [[nodiscard]] Status let_go(const std::string& seal_id);  // of what can't be used and is not wanted
    [[nodiscard]] Status prepare(const SessionRow& row);
    [[nodiscard]] Result<Parity> make(const SessionRow& row, const ParityWish& wish);
    [[nodiscard]] Result<bool> is_whole(const std::string& seal_id, const Parity& parity);
    void waits(const SessionRow& row, const Error& error);
    void wait_behind(const SessionRow& row);

    const BurnerServices& services_;
    Schedule& schedule_;
    std::map<SessionId, Backoff> waiting_;
    std::set<SessionId> behind_;  // told that others come first
    Backoff rest_;                // after errors of the catalogue or of state_dir
    std::atomic<bool> woken_{false};
    bool tidy_ = false;  // what former runs left is gone
};

}  // namespace burnbox
