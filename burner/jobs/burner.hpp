// The burner: a thread that makes sessions ready, and one thread per drive that takes the oldest queued
// session of its pools, runs one attempt after the other, and ends with a receipt. At start each thread first
// adjudicates what a crash left on its drive; there is no separate crash code. Order of every irreversible
// step: catalogue row durable, then the act, then the row that says it is done.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "burner/attempts/drive_status.hpp"
#include "burner/drive/drive.hpp"
#include "burner/rules/pool_room.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

class Burner {
  public:
    Burner(const BurnerServices& services, std::vector<std::unique_ptr<Drive>> drives);
    ~Burner();  // stop()

    // One step on this drive: adjudicate what is unfinished, end what is burned but not yet renamed, or burn
    // one session. Returns false when there is nothing to do. Blocks; the threads call it, and tests do.
    [[nodiscard]] Result<bool> run_once(std::size_t drive_index);

    // One step of what is made ready before a drive takes it: parts, recovery data. As run_once(); by one
    // thread.
    [[nodiscard]] Result<bool> prepare_once();

    // One look at the shelves: image_dirs that are away, images that came or went. As run_once(); by one
    // thread.
    void look_at_shelves();

    void start();  // the threads
    // Begins nothing more. What is being written, or moves a disc, goes on to its end and is recorded;
    // reading back is cut off and left for the next start. Any thread; does not block.
    void drain();
    void stop();     // drain(), waits until that is over, hours perhaps, and joins
    void cut_off();  // ends also what is being written, which the next start judges; stop() is over soon then
    void wake();     // a session was queued or cancelled
    // An image_dir came that knows of more than the catalogue: every shelf is looked over before anything
    // more is burned. Any thread.
    void catalogue_is_older();
    void burn_now(SessionId session);  // it is not held back for others any more (burn.batch)

    // A person lets a session that waits be burned with what its pool, or this one, can do now: with fewer
    // copies than were promised. Says what becomes of it. Any thread; blocks on the catalogue.
    [[nodiscard]] Result<std::string> accept_fewer_copies(SessionId session, const std::string& pool = {});

    [[nodiscard]] std::vector<DriveStatus> drives() const;

    // Reads one session of a disc back and compares; as `burnbox verify` does. Blocks until its drive is
    // free.
    [[nodiscard]] Result<VerifyReport> verify(const DiscSessionRow& copy, BurnObserver& observer);

    // What people do with a drive and the disc in it; says what was done. Waits until the drive is free, but
    // for retry: a person vouches for a drive that was stopped because it spoiled discs.
    enum class ByHand : std::uint8_t { close_disc, eject, load, retry };
    [[nodiscard]] Result<std::string> by_hand(ByHand what, const std::string& drive);

    // Whether such a session can ever be burned in its pool. Error: does_not_fit with both sizes, and with
    // the file when the session may be split (burn.span).
    [[nodiscard]] Status check_fits(const std::string& pool, const Manifest& manifest) const;

    // Whether a blank disc would show a session as its seal record `seals/SEAL_ID.jsonl` says. Errors: it
    // can't be told now. Any thread; blocks for as long as a worker needs.
    [[nodiscard]] Result<Proof> prove(const std::string& seal_id) const;

    // What the pool's next disc can still take; nothing when no drive knows.
    [[nodiscard]] Result<std::optional<PoolRoom>> room(const std::string& pool) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
