// The work of one drive, step by step: adjudicate what is unfinished, finish what has ended, burn what is
// queued. Its errors make it rest for a while, longer each time, and leave the sessions to the other drives
// of the pool. Threads: run_once() by one at a time (it takes `working`); the rest from any.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "burner/attempts/attempt.hpp"
#include "burner/discs/medium_watch.hpp"
#include "burner/finish/release.hpp"
#include "burner/jobs/by_hand.hpp"
#include "burner/turn/drive_waits.hpp"
#include "burner/turn/session_outcome.hpp"
#include "burner/turn/turn.hpp"

namespace burnbox {

class DriveLoop {
  public:
    DriveLoop(const BurnerServices& services, Schedule& schedule, Conditions& conditions, DiscTrees& trees,
              const DiscPlaces& places, std::unique_ptr<Drive> drive);

    std::mutex working;                 // held while the drive is used
    std::atomic<unsigned> visitors{0};  // others who want the drive; its own thread lets them in first

    [[nodiscard]] Result<bool> run_once();
    void wake() { woken_ = true; }  // forget about resting
    // Its folder is back: the images are looked over before anything is burned. Any thread; wakes it too.
    void shelf_is_back() { medium_.shelf_is_back(), wake(); }
    [[nodiscard]] SteadyTime next_time()
        const;  // when there may be something to do without anything changing

    // Reads a session of its disc back and notes what was found. Errc::not_found, no_medium or wrong_medium:
    // the disc is not here. Requires `working`.
    [[nodiscard]] Result<VerifyReport> read_back_here(const DiscSessionRow& copy, BurnObserver& observer);
    // The same before a payload is let go of, if this drive has the disc. Takes `working`.
    [[nodiscard]] PayloadRelease::Discs discs_for_release();

    // By hand: what was done, for people. Requires `working`.
    [[nodiscard]] Result<std::string> close_disc() { return burnbox::close_disc(context_); }
    [[nodiscard]] Result<std::string> eject() { return eject_disc(context_); }
    [[nodiscard]] Result<std::string> load() {
        auto said = load_any_disc(context_);
        medium_.was_loaded(said.has_value());
        return said;
    }

    [[nodiscard]] Drive& drive() { return *drive_; }
    [[nodiscard]] const Drive& drive() const { return *drive_; }
    [[nodiscard]] Reporter& reporter() { return reporter_; }
    [[nodiscard]] const Reporter& reporter() const { return reporter_; }

  private:
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] PayloadRelease::Reach reach(const DiscRow& disc) const;
    [[nodiscard]] PayloadRelease::Found prove(const DiscRow& disc, const DiscSessionRow& copy);
    [[nodiscard]] Result<bool> finish_ended();
    void not_finished(SessionId session, const Error& error);
    // Whether it spoiled too many discs; then its sessions are told.
    [[nodiscard]] Result<bool> is_stopped();
    void go_on_again();
    [[nodiscard]] Result<bool> burn_next();
    // The queue has nothing for it; `wanted`: not now.
    [[nodiscard]] Status nothing_to_burn(bool wanted);
    [[nodiscard]] Result<bool> conclude(Work& work, Attempted attempted);
    void rest(const Error& error);

    const BurnerServices& services_;
    Schedule& schedule_;
    Conditions& conditions_;
    std::unique_ptr<Drive> drive_;
    Reporter reporter_;
    FailureNotes notes_;
    AttemptContext context_;
    MediumWatch medium_{context_};
    DriveWaits waits_{context_};
    SessionOutcome outcome_{context_, waits_};
    Turn turn_{context_, waits_, outcome_};
    Conclude conclude_ = [this](Work& work, Attempted attempted) {
        return conclude(work, std::move(attempted));
    };
    Backoff rest_;
    std::string rests_;      // why it rests; empty = it does not
    bool in_error_ = false;  // DRIVE_ERROR stands because it rests
    std::string stopped_;    // why it must not burn until a person says so; empty = it may
    std::atomic<bool> woken_{false};
    std::atomic<SteadyTime::rep> next_time_{0};
};

}  // namespace burnbox
