// The work of one drive, step by step: adjudicate what is unfinished, finish what has ended, burn what is
// queued. Its errors make it rest for a while, longer each time, and leave the sessions to the other drives
// of the pool. Threads: run_once() by one at a time (it takes `working`); the rest from any.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "burner/attempts/attempt.hpp"
#include "burner/finish/release.hpp"
#include "burner/jobs/shelf_watch.hpp"

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
    void shelf_is_back() { shelf_is_back_ = true, wake(); }
    [[nodiscard]] SteadyTime next_time()
        const;  // when there may be something to do without anything changing

    // Reads a session of this disc back and notes what was found. Errc::not_found, no_medium or wrong_medium:
    // the disc is not here. Requires `working`.
    [[nodiscard]] Result<VerifyReport> read_back_here(DiscId disc, const SessionRow& session,
                                                      BurnObserver& observer);
    // The same before a payload is let go of, if this drive has the disc. Takes `working`.
    [[nodiscard]] PayloadRelease::Found prove(const DiscRow& disc, const DiscSessionRow& copy);

    // By hand: what was done, for people. Requires `working`.
    [[nodiscard]] Result<std::string> close_disc();
    [[nodiscard]] Result<std::string> eject();
    [[nodiscard]] Result<std::string> load();

    [[nodiscard]] Drive& drive() { return *drive_; }
    [[nodiscard]] const Drive& drive() const { return *drive_; }
    [[nodiscard]] Reporter& reporter() { return reporter_; }
    [[nodiscard]] const Reporter& reporter() const { return reporter_; }

  private:
    void look_for_medium();
    void meet_medium();
    void look_at_shelf(SteadyTime now);
    void doubt_verdicts(const std::vector<ShelfDisc>& changed);
    void place_shelf();
    [[nodiscard]] Result<bool> look_over();
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Result<bool> finish_ended();
    [[nodiscard]] Result<bool> adjudicate_unfinished();
    enum class Judge : std::uint8_t { this_drive, another, nobody };
    [[nodiscard]] Judge judge_of(const AttemptRow& attempt, const DiscRow& disc, const ShelfView& view) const;
    [[nodiscard]] Result<bool> adjudicate_one(const AttemptRow& attempt, const DiscRow& disc, Judge judge);
    // Whether it spoiled too many discs; then its sessions are told.
    [[nodiscard]] Result<bool> is_stopped();
    void go_on_again();
    // All that wait for this drive alone get this reason, and lose it when it goes on.
    [[nodiscard]] Status tell_who_waits(const std::string& reason);
    [[nodiscard]] Status take_reason_back();
    void began(const std::vector<SessionRow>& rows);
    [[nodiscard]] Status nothing_to_burn(const std::vector<SessionRow>& queue);
    void tell_disc_waits();
    // Of a watched folder: its session has the reason as long as it is away.
    void tell_if_folder_is_away(const SessionRow& row);
    [[nodiscard]] Result<bool> burn_next();
    [[nodiscard]] bool is_for_this_drive(const SessionRow& row) const;
    [[nodiscard]] bool left_to_another(const SessionRow& row, const std::vector<DiscSessionRow>& copies);
    // Its copies so far when it is this drive's turn to burn it; nothing when it is not.
    [[nodiscard]] Result<std::optional<std::vector<DiscSessionRow>>> copies_if_its_turn(
        const SessionRow& row);
    struct Group {
        std::vector<SessionRow> rows;         // the first of the queue among them
        std::optional<Timestamp> held_until;  // not yet
    };
    [[nodiscard]] Result<Group> gather(std::span<const SessionRow> queue,
                                       const std::vector<DiscSessionRow>& copies);
    void hold(const Group& group);
    [[nodiscard]] Result<bool> take(std::vector<SessionRow> rows, const std::vector<DiscSessionRow>& copies);
    [[nodiscard]] Result<std::uint64_t> estimate(const SessionRow& row);
    [[nodiscard]] Status set_aside_unburnable(std::vector<SessionRow>& rows);
    [[nodiscard]] Status keep_what_fits(std::vector<SessionRow>& rows, const DiscRow& disc);
    [[nodiscard]] Result<bool> try_sessions(std::vector<SessionRow> rows,
                                            const std::vector<DiscSessionRow>& copies);
    [[nodiscard]] Result<bool> without_work(const std::vector<SessionRow>& rows, const Error& error);
    [[nodiscard]] Result<bool> conclude(Work& work, Attempted attempted);
    [[nodiscard]] Result<bool> nothing_written(Work& work, const Attempted& attempted);
    [[nodiscard]] Result<bool> is_still_queued(const SessionRow& row);
    [[nodiscard]] Result<bool> session_failed(const std::vector<SessionRow>& rows, const Error& error);
    [[nodiscard]] Result<bool> disproved(Work& work, const Error& error);
    [[nodiscard]] Result<bool> refused(Work& work, const Error& error);
    [[nodiscard]] Status fail_session(const SessionRow& row, const std::string& reason);
    [[nodiscard]] Result<DiscRow> disc_in_drive(const Medium& medium);
    [[nodiscard]] Status load_open_disc();
    [[nodiscard]] Status take_out(const Medium& medium);
    [[nodiscard]] Status run_changer(const std::vector<std::string>& argv, const std::string& disc,
                                     const std::string& wanted);
    // By the drive's autoloader. False: it has none.
    [[nodiscard]] Result<bool> change_disc(const std::string& wanted);
    void wait_for_disc(const SessionRow& row, const Error& reason, const std::string& overtaken = {});
    void rest(const Error& error);

    const BurnerServices& services_;
    Schedule& schedule_;
    Conditions& conditions_;
    std::unique_ptr<Drive> drive_;
    Reporter reporter_;
    FailureNotes notes_;
    AttemptContext context_;
    Backoff rest_;
    SteadyTime next_look_{};
    SteadyTime next_shelf_look_{};
    ShelfWatch shelf_watch_;
    std::optional<Medium> just_met_;        // put in by somebody: it may hold more than is known
    unsigned meetings_ = 0;                 // of that one, that failed
    bool known_medium_ = false;             // what is in it, or on its shelf, was looked at
    std::map<SessionId, Backoff> waiting_;  // queued, but not for this drive now
    struct DiscWait {
        SessionRow row;
        Error reason;
    };
    std::map<SessionId, DiscWait> disc_waits_;  // those that need another disc, however often they are tried
    std::map<SessionId, std::string> folder_waits_;  // as told
    std::string rests_;                              // why it rests; empty = it does not
    bool in_error_ = false;                          // DRIVE_ERROR stands because it rests
    std::string told_reason_;                        // what tell_who_waits() said last
    std::string stopped_;  // why it must not burn until a person says so; empty = it may
    std::map<SessionId, std::uint64_t> estimates_;
    std::optional<Timestamp> held_until_;  // the first of those that are held back for a batch
    unsigned looks_ = 0;
    bool looked_over_ = false;  // the discs on the shelf, against the catalogue
    std::atomic<bool> woken_{false};
    std::atomic<bool> shelf_is_back_{false};
    std::atomic<SteadyTime::rep> next_time_{0};
};

}  // namespace burnbox
