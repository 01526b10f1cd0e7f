#include "burner/jobs/drive_loop.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/finish/closed_staging.hpp"
#include "burner/finish/finisher.hpp"
#include "burner/jobs/unfinished_attempts.hpp"
#include "burner/rules/failure_rules.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::nanoseconds kLeastHold = std::chrono::milliseconds(10);

std::string device_of(const BurnerServices& services, const std::string& drive) {
    const ConfigSnapshot config = services.config.snapshot();
    const auto found = config->drives.find(drive);
    if (found == config->drives.end()) return "";
    return found->second.emulated() ? found->second.image_dir : found->second.device;
}

}  // namespace

DriveLoop::DriveLoop(const BurnerServices& services, Schedule& schedule, Conditions& conditions,
                     DiscTrees& trees, const DiscPlaces& places, std::unique_ptr<Drive> drive)
    : services_(services),
      schedule_(schedule),
      conditions_(conditions),
      drive_(std::move(drive)),
      reporter_(services, drive_->name(), device_of(services, drive_->name())),
      context_{services_, schedule_, conditions_, trees, places, *drive_, reporter_, notes_} {
    schedule_.add_drive(drive_->name(), drive_->blank_capacity_bytes());
}

Result<bool> DriveLoop::run_once() {
    const std::lock_guard lock(working);
    if (schedule_.stopping) return false;
    if (medium_.look() || woken_.exchange(false)) {
        woken_ = false;
        rest_.try_now();
        notes_.rests.clear();
        schedule_.forget_cannot_take(drive_->name());
    }
    auto did = step();
    if (!did && !schedule_.stopping) rest(did.error());
    conditions_.tell_failed_sessions(services_, schedule_);
    const SteadyTime now = services_.clock.steady_now();
    SteadyTime next = medium_.next_look();
    if (!rest_.ready(now)) next = std::min(next, rest_.until());
    if (const auto again = schedule_.next_burn_time(now)) next = std::min(next, *again);
    for (const auto& [session, backoff] : notes_.rests)
        if (!backoff.ready(now)) next = std::min(next, backoff.until());
    if (const auto held = turn_.held_until())
        next = std::min(next, now + std::max(*held - services_.clock.now(), kLeastHold));
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
    // A drive or a shelf that somebody has to look after keeps no other drive waiting.
    if (shelf_is_away(error) || drive_is_lost(error)) schedule_.set_looked_over(drive_->name());
    reporter_.drive_waits(error.message);
    if (std::exchange(rests_, error.message) != error.message || !shelf_is_away(error))
        log::warning("drive rests", log::kv("drive", drive_->name()), log::kv(error));
    if (error.code == Errc::cancelled) return;
    if (error.origin == Origin::unknown) {
        in_error_ = true;
        raise(context_, EventKind::drive_error, SessionRow{}, "", error.message);
    }
    if (error.origin != Origin::unknown && !shelf_is_away(error)) return;
    if (const Status told = waits_.tell_all(error.message); !told)
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
    BB_TRY(const bool judged, judge_unfinished(context_, !rests_.empty(), conclude_));
    if (judged) return true;
    BB_TRY(const bool met, medium_.meet());
    if (met) return true;
    if (schedule_.waits_for_shelves()) return false;  // a copy may be on another drive's disc
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
    BB_CHECK(waits_.tell_all(stopped_));
    return true;
}

void DriveLoop::go_on_again() {
    schedule_.set_not_before(drive_->name(), SteadyTime::min());
    conditions_.clear(EventKind::drive_error, drive_->name());
    in_error_ = false;
    reporter_.drive_waits("");
    log::info("drive burns again", log::kv("drive", drive_->name()));
}

Result<bool> DriveLoop::burn_next() {
    BB_TRY(const TurnEnd end, turn_.run(rest_.until(), conclude_));
    if (end.kind == TurnEnd::Kind::nothing) BB_CHECK(nothing_to_burn(end.wanted));
    return end.kind == TurnEnd::Kind::did;
}

// A drive that failed, and that nobody waits for any more, is in error until it answers; one whose last burn
// failed, until one is good.
Status DriveLoop::nothing_to_burn(bool wanted) {
    waits_.tell_signals();
    if (!rests_.empty() && !(in_error_ && wanted)) {
        BB_CHECK(drive_->check_shelf());
        if (in_error_) BB_CHECK(drive_->inspect());
        BB_TRY(const auto attempts, services_.catalogue.attempts_on_drive(drive_->name()));
        const bool burns_badly = !attempts.empty() && attempts.front().state == AttemptState::failed &&
                                 counts_against_drive(attempts.front().cause);
        if (!in_error_ || !burns_badly) {
            rest_.succeeded();
            rests_.clear();
        }
        if (rests_.empty() && std::exchange(in_error_, false))
            conditions_.clear(EventKind::drive_error, drive_->name());
    }
    reporter_.drive_waits(in_error_ ? rests_ : waits_.reason_of_first());
    return {};
}

Result<bool> DriveLoop::conclude(Work& work, Attempted attempted) {
    switch (attempted.ending) {
        case Ending::done:
            break;
        case Ending::drive_error:
            return std::unexpected(std::move(attempted.error));
        case Ending::untouched:
            return outcome_.nothing_written(work, attempted);
    }
    rest_.succeeded();
    rests_.clear();
    in_error_ = false;
    if (stopped_.empty()) conditions_.clear(EventKind::drive_error, drive_->name());
    reporter_.drive_waits("");
    for (const SessionRow& row : work.rows) notes_.rests.erase(row.id);
    turn_.forget_sizes(work.rows);
    return true;
}

// One that is burned stays so; what its folder says is behind, which its account sees and nobody else.
void DriveLoop::not_finished(SessionId session, const Error& error) {
    const auto row = services_.catalogue.session(session);
    if (!row) return log::warning("session not finished", log::kv("session", session), log::kv(error));
    const std::string what = what_is_closed(services_, *row).value_or(error.message);
    log::warning("session not finished", log::kv("session", row->account + "/" + row->disc_name),
                 log::kv("remedy", what), log::kv(error));
    if (row->state != SessionState::burned || error.origin == Origin::catalogue) return;
    const std::string reason = "it is burned, but its folder can't get its receipt: " + what;
    if (reason != row->reason && !services_.catalogue.set_reason(session, reason)) return;
    schedule_.needs_person(session, reason);
}

Result<bool> DriveLoop::finish_ended() {
    const SteadyTime now = services_.clock.steady_now();
    const auto session = schedule_.next_ended(now);
    if (!session) return false;
    const auto claim = schedule_.claim(*session);
    if (!claim) return false;
    const auto finished = finish_session(services_, *session, schedule_.is_without_folder(*session));
    if (!finished) {
        not_finished(*session, finished.error());
        schedule_.ended_failed(*session, now);
    } else if (*finished == Finish::folder_away) {
        schedule_.ended_without_folder(*session, now, services_.clock.steady_now());
    } else {
        schedule_.ended_done(*session);
    }
    return true;
}

}  // namespace burnbox
