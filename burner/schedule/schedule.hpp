// What all drives of a burner share while it runs: who has taken which session, which drives are free, and
// what is still to be finished. Nothing here needs to survive a crash: the catalogue and the folder names say
// it again. Threads: any; nothing blocks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "burner/rules/queue_snapshot.hpp"
#include "burner/schedule/backoff.hpp"
#include "burner/schedule/disc_places.hpp"
#include "common/catalogue/catalogue.hpp"

namespace burnbox {

class Schedule {
  public:
    std::atomic<bool> stopping{false};  // nothing more begins; what is written, or moves a disc, is ended
    std::atomic<bool> cut_off{false};   // that neither
    std::atomic<bool> scanned{false};   // the ended sessions of former runs are known
    std::mutex labels;                  // held from the choice of a label until the catalogue has it
    std::atomic<bool> receipts_read{false};  // the labels in receipts are among those seen

    // --- discs that no catalogue row names, whose labels are not given again
    void add_label_seen(const std::string& label);  // on a disc in a drive, or in a receipt
    [[nodiscard]] std::set<std::string> labels_seen() const;

    // --- with an older catalogue every drive looks over its shelf before any burns: a copy there counts
    void set_catalogue_older();  // also while burnbox runs: nobody has looked since
    [[nodiscard]] bool catalogue_is_older() const;
    void set_looked_over(const std::string& drive);  // or it failed to
    [[nodiscard]] bool waits_for_shelves() const;    // it is older, and some drive has not looked yet
    bool shelf_seen(const std::string& drive);       // all of it was read; returns whether that holds for all

    // A taken session is given back when the claim is dropped.
    class Claim {
      public:
        Claim(Schedule& schedule, SessionId session) : schedule_(&schedule), session_(session) {}
        Claim(Claim&& other) noexcept
            : schedule_(std::exchange(other.schedule_, nullptr)), session_(other.session_) {}
        Claim& operator=(Claim&&) = delete;
        ~Claim();

      private:
        Schedule* schedule_;
        SessionId session_;
    };
    [[nodiscard]] std::optional<Claim> claim(SessionId session);

    void add_drive(const std::string& drive, std::uint64_t blank_capacity_bytes);
    // Of these drives; 0 = one of them may be larger, nobody knows, or there is none.
    [[nodiscard]] std::uint64_t largest_blank_bytes(const std::vector<std::string>& drives) const;
    // What so many of these drives take on a blank disc; 0 = it can't be told, or there are fewer.
    [[nodiscard]] std::uint64_t blank_bytes_for(const std::vector<std::string>& drives,
                                                unsigned copies) const;

    // --- fail-over: a drive leaves a session to an earlier drive of the pool as long as that one can take it
    // at once
    void set_busy(const std::string& drive, bool busy);
    void set_not_before(const std::string& drive, SteadyTime time);
    void set_cannot_take(const std::string& drive, SessionId session);
    void forget_cannot_take(const std::string& drive);
    [[nodiscard]] std::map<std::string, DriveFacts> drives() const;  // what all of them may know
    // Whether it has a disc for the session and does not rest, though it may be busy with another one.
    [[nodiscard]] bool will_take(const std::string& drive, SessionId session, SteadyTime now) const;

    // Drives while they are used: see set_busy.
    class Busy {
      public:
        Busy(Schedule& schedule, const std::string& drive) : schedule_(schedule), drive_(drive) {
            schedule_.set_busy(drive_, true);
        }
        ~Busy() { schedule_.set_busy(drive_, false); }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;

      private:
        Schedule& schedule_;
        const std::string& drive_;
    };

    // --- real discs in drives
    void set_disc_in(const std::string& drive, const std::string& serial);  // "" = none, or no known one
    [[nodiscard]] SeenInDrives seen(const std::string& serial, const std::string& drive) const;

    // --- sessions that ended but whose folder does not say so yet
    void add_ended(SessionId session);
    [[nodiscard]] std::optional<SessionId> next_ended(SteadyTime now) const;
    void ended_done(SessionId session);
    void ended_failed(SessionId session, SteadyTime now);  // again later
    // Its folder is away: looked for again and again, as it may come back at any time.
    void ended_without_folder(SessionId session, SteadyTime began, SteadyTime now);
    [[nodiscard]] bool is_without_folder(SessionId session) const;
    [[nodiscard]] std::optional<SteadyTime> next_ended_time() const;

    // --- sessions whose recovery data was found whole in this process, or that get none
    void set_parity_ready(SessionId session);
    void forget_parity_ready(const std::set<SessionId>& but_for);
    [[nodiscard]] bool parity_ready(SessionId session) const;

    // --- sessions that need not be split (burn.span), as long as so much of them fits on a disc
    struct Fit {
        std::uint64_t disc_bytes = 0;  // 0 = nobody knows
        unsigned redundancy = 0;       // in percent
        bool operator==(const Fit&) const = default;
    };
    void set_fits_a_disc(SessionId session, const Fit& fit);
    void forget_fits(const std::set<SessionId>& but_for);
    [[nodiscard]] bool fits_a_disc(SessionId session, const Fit& fit) const;

    // --- sessions that go on when a person has done something, and what: as their rows say too
    void needs_person(SessionId session, const std::string& what);
    void needs_nobody(SessionId session);
    [[nodiscard]] std::map<SessionId, std::string> needs_of_all() const;

    // --- waiting: every change above that may give a drive something to do counts as one
    void changed();
    [[nodiscard]] std::uint64_t changes() const;
    void wait_for_change(std::uint64_t seen, std::chrono::nanoseconds most);

    // --- sessions whose burn failed wait, on all drives: 1 s, doubling
    void burn_failed(SessionId session, SteadyTime now);
    void forget_burn_failures(SessionId session);
    [[nodiscard]] std::optional<SteadyTime> next_burn_time(
        SteadyTime now) const;  // of those that may not yet

    // --- burning together: who must not be held back, and who was in a group that failed
    void release(SessionId session);
    void limit_together(SessionId session, std::size_t most);
    void forget_together(SessionId session);  // it was burned, or is gone

    // What is noted here of a queued session.
    [[nodiscard]] QueuedSession facts_of(SessionRow row) const;

  private:
    struct DriveNote {
        DriveFacts facts;
        std::optional<std::string> disc_in;  // its serial; nothing = it was not looked at yet
        bool looked_over = false;
        bool shelf_seen = false;
    };
    struct Ended {
        Backoff backoff{};
        std::optional<SteadyTime> look_at{};  // its folder is away
        [[nodiscard]] SteadyTime next() const {
            return std::max(backoff.until(), look_at.value_or(SteadyTime::min()));
        }
    };
    mutable std::mutex mutex_;
    std::condition_variable condition_;
    std::uint64_t changes_ = 0;
    std::set<SessionId> claimed_;
    std::map<std::string, DriveNote> drives_;
    std::map<SessionId, Ended> ended_;
    std::map<SessionId, Backoff> burn_failures_;
    std::set<SessionId> parity_ready_;
    std::map<SessionId, Fit> fits_a_disc_;
    std::map<SessionId, std::string> needs_;
    std::set<SessionId> released_;
    std::map<SessionId, std::size_t> together_;
    std::set<std::string> labels_seen_;
    bool catalogue_is_older_ = false;
};

}  // namespace burnbox
