#include "burner/jobs/drive_loop.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/adjudication.hpp"
#include "burner/attempts/load_disc.hpp"
#include "burner/attempts/meet_disc.hpp"
#include "burner/finish/finisher.hpp"
#include "burner/schedule/failure_rules.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostLooks = 5;  // at the shelf; one that can't be read does not stop the drive for good
constexpr std::chrono::nanoseconds kLeastHold = std::chrono::milliseconds(10);

std::string device_of(const Config& config, const std::string& drive) {
    const auto found = config.drives.find(drive);
    if (found == config.drives.end()) return "";
    return found->second.emulated() ? found->second.image_dir : found->second.device;
}

}  // namespace

DriveLoop::DriveLoop(const BurnerServices& services, Schedule& schedule, Conditions& conditions,
                     DiscTrees& trees, const DiscPlaces& places, std::unique_ptr<Drive> drive)
    : services_(services),
      schedule_(schedule),
      conditions_(conditions),
      drive_(std::move(drive)),
      reporter_(services, drive_->name(), device_of(services.config, drive_->name())),
      context_{services_, schedule_, conditions_, trees, places, *drive_, reporter_, notes_} {
    schedule_.add_drive(drive_->name(), drive_->blank_capacity_bytes());
}

Result<bool> DriveLoop::run_once() {
    const std::lock_guard lock(working);
    if (schedule_.stopping) return false;
    look_for_medium();
    if (shelf_is_back_.exchange(false)) looked_over_ = false, looks_ = 0;
    if (woken_.exchange(false)) {
        rest_.try_now();
        waiting_.clear();
        schedule_.forget_cannot_take(drive_->name());
    }
    auto did = step();
    if (!did && !schedule_.stopping) rest(did.error());
    conditions_.tell_failed_sessions(services_.catalogue);
    const SteadyTime now = services_.clock.steady_now();
    SteadyTime next = drive_->emulated() ? next_shelf_look_ : next_look_;
    if (!rest_.ready(now)) next = std::min(next, rest_.until());
    if (const auto again = schedule_.next_burn_time(now)) next = std::min(next, *again);
    for (const auto& [session, backoff] : waiting_)
        if (!backoff.ready(now)) next = std::min(next, backoff.until());
    if (held_until_) next = std::min(next, now + std::max(*held_until_ - services_.clock.now(), kLeastHold));
    next_time_ = next.time_since_epoch().count();
    return did;
}

SteadyTime DriveLoop::next_time() const {
    return SteadyTime(SteadyTime::duration(next_time_.load()));
}

// A folder that is away is asked for each second: whoever mounts it sees that it goes on.
void DriveLoop::rest(const Error& error) {
    if (shelf_is_away(error)) rest_.succeeded();
    rest_.failed(services_.clock.steady_now());
    schedule_.set_not_before(drive_->name(), rest_.until());
    schedule_.set_looked_over(drive_->name());  // it keeps no other drive waiting
    reporter_.drive_waits(error.message);
    if (std::exchange(rests_, error.message) != error.message || !shelf_is_away(error))
        log::warning("drive rests", log::kv("drive", drive_->name()), log::kv(error));
    if (error.code == Errc::cancelled) return;
    if (error.origin == Origin::unknown) {
        in_error_ = true;
        raise(context_, EventKind::drive_error, SessionRow{}, "", error.message);
    }
    if (error.origin != Origin::unknown && !shelf_is_away(error)) return;
    if (const Status told = tell_who_waits(error.message); !told)
        log::warning("reason not stored", log::kv("drive", drive_->name()), log::kv(told.error()));
}

Result<bool> DriveLoop::step() {
    const bool rested = rest_.ready(services_.clock.steady_now());
    if (!schedule_.scanned && rested) {
        BB_TRY(const auto ended, unfinished_sessions(services_.catalogue));
        for (const SessionId session : ended) schedule_.add_ended(session);
        schedule_.scanned = true;
    }
    BB_TRY(const bool finished, finish_ended());
    if (finished) return true;
    if (!rested) return false;
    BB_TRY(const bool adjudicated, adjudicate_unfinished());
    if (adjudicated) return true;
    if (const auto medium = std::exchange(just_met_, std::nullopt)) {
        const auto met = meet_disc(context_, *medium);
        if (!met && ++meetings_ < kMostLooks) just_met_ = medium;  // the next try may read it
        if (!met || *met) return met;
    }
    if (!looked_over_) {
        BB_TRY(const bool met, look_over());
        if (met) return true;
    }
    const bool older = services_.catalogue_age != CatalogueAge::current;
    if (older && !schedule_.all_looked_over()) return false;  // a copy may be on another drive's disc
    BB_TRY(const bool stopped, is_stopped());
    if (stopped) return false;
    return burn_next();
}

// What the catalogue says of its attempts decides, so it stays stopped over a restart.
Result<bool> DriveLoop::is_stopped() {
    BB_TRY(const auto attempts, services_.catalogue.attempts_on_drive(drive_->name()));
    BB_TRY(const auto discs, services_.catalogue.discs());
    const std::string before = std::exchange(stopped_, why_drive_stops(drive_->name(), attempts, discs));
    if (stopped_.empty()) {
        if (!before.empty()) go_on_again();
        return false;
    }
    schedule_.set_not_before(drive_->name(), SteadyTime::max());
    reporter_.drive_waits(stopped_);
    if (before != stopped_)
        log::error("drive stopped", log::kv("drive", drive_->name()), log::kv("reason", stopped_));
    raise(context_, EventKind::drive_error, SessionRow{}, "", stopped_);
    BB_CHECK(tell_who_waits(stopped_));
    return true;
}

void DriveLoop::go_on_again() {
    schedule_.set_not_before(drive_->name(), SteadyTime::min());
    conditions_.clear(EventKind::drive_error, drive_->name());
    in_error_ = false;
    reporter_.drive_waits("");
    log::info("drive burns again", log::kv("drive", drive_->name()));
}

// Once in a process, before anything is burned: what a disc holds is not burned once more.
Result<bool> DriveLoop::look_over() {
    const Schedule::Busy busy(schedule_, drive_->name());
    const auto done = look_over_shelf(context_);
    if (!done && (shelf_is_away(done.error()) || ++looks_ < kMostLooks)) return done;
    if (!done) log::warning("shelf not looked over", log::kv("drive", drive_->name()), log::kv(done.error()));
    looked_over_ = true;
    schedule_.set_looked_over(drive_->name());
    return done.value_or(false);
}

Result<bool> DriveLoop::finish_ended() {
    const SteadyTime now = services_.clock.steady_now();
    const auto session = schedule_.next_ended(now);
    if (!session) return false;
    const auto claim = schedule_.claim(*session);
    if (!claim) return false;
    const auto finished = finish_session(services_, *session, schedule_.is_without_folder(*session));
    if (!finished) {
        log::warning("session not finished", log::kv("session", *session), log::kv(finished.error()));
        schedule_.ended_failed(*session, now);
    } else if (*finished == Finish::folder_away) {
        schedule_.ended_without_folder(*session, now, services_.clock.steady_now());
    } else {
        schedule_.ended_done(*session);
    }
    return true;
}

// Who judges an attempt that did not come to its end: the drive that has its disc, whatever drive began it.
DriveLoop::Judge DriveLoop::judge_of(const AttemptRow& attempt, const DiscRow& disc,
                                     const ShelfView& view) const {
    const std::string& name = drive_->name();
    if (const ShelfView::Image* const image = place_of(view, disc))
        return image->drive == name ? Judge::this_drive : Judge::another;
    const bool configured = services_.config.drives.contains(attempt.drive);
    const bool began_here = attempt.drive == name;
    if (is_image(disc) || context_.places.is_emulated(attempt.drive)) {
        // Its image may be on the shelf that can't be read: that drive waits for it.
        if (!view.complete) return began_here ? Judge::this_drive : Judge::another;
        return began_here || !configured ? Judge::nobody : Judge::another;
    }
    if (schedule_.is_in(disc.serial, name)) return Judge::this_drive;
    if (schedule_.is_in_any(disc.serial)) return Judge::another;
    if (configured) return began_here ? Judge::this_drive : Judge::another;
    return schedule_.all_have_looked() ? Judge::nobody : Judge::another;
}

Result<bool> DriveLoop::adjudicate_unfinished() {
    BB_TRY(const auto attempts, services_.catalogue.unfinished_attempts());
    if (attempts.empty()) return false;
    BB_TRY(const auto discs, services_.catalogue.discs());
    const ShelfView view = context_.places.look();
    for (const AttemptRow& attempt : attempts) {
        const auto disc = std::ranges::find(discs, attempt.disc, &DiscRow::id);
        if (disc == discs.end())
            return with_origin(
                Origin::catalogue,
                Result<bool>(
                    fail(Errc::corrupt, fmt::format("catalogue: attempt {} names no disc", attempt.id))));
        const Judge judge = judge_of(attempt, *disc, view);
        if (judge == Judge::another) continue;
        const auto claim =
            attempt.sessions.empty() ? std::nullopt : schedule_.claim(attempt.sessions.front());
        if (!claim && !attempt.sessions.empty()) continue;  // another drive is at it
        return adjudicate_one(attempt, *disc, judge);
    }
    return false;
}

Result<bool> DriveLoop::adjudicate_one(const AttemptRow& attempt, const DiscRow& disc, Judge judge) {
    std::vector<SessionRow> rows;
    for (const SessionId id : attempt.sessions) {
        BB_TRY(SessionRow row, services_.catalogue.session(id));
        rows.push_back(std::move(row));
    }
    const Schedule::Busy busy(schedule_, drive_->name());
    auto work = make_work(services_, disc, rows);
    if (!work && work.error().code != Errc::corrupt) return std::unexpected(std::move(work).error());
    if (!work) {  // a seal record: no fault of the disc, which may hold it
        if (!notes_.causes.contains(attempt.id))
            note_cause(notes_, attempt.id, AttemptCause::staged_damaged, std::move(work).error());
        BB_TRY(work, work_without_records(services_, disc, rows));
    }
    if (judge == Judge::nobody) {
        note_cause(notes_, attempt.id, AttemptCause::disc_gone,
                   {Errc::not_found, 0, away_text(disc, services_.config)});
        BB_TRY(auto closed, close_bad_attempt(context_, attempt, *work, DiscVerdict::away));
        return conclude(*work, std::move(closed));
    }
    if (rests_.empty())
        log::info("attempt unfinished", log::kv("attempt", attempt.id), log::kv("disc", disc.label),
                  log::kv("drive", attempt.drive));
    reporter_.begin(rows, disc.label);
    auto adjudicated = adjudicate_attempt(context_, attempt, *work);
    reporter_.idle();
    if (!adjudicated) return std::unexpected(std::move(adjudicated).error());
    return conclude(*work, std::move(*adjudicated));
}

}  // namespace burnbox
