#include "burner/jobs/drive_loop.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/image/size_estimate.hpp"
#include "burner/jobs/disc_supply.hpp"
#include "burner/jobs/finisher.hpp"
#include "burner/jobs/recovery_loop.hpp"
#include "burner/jobs/settle.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenLooks{3};  // for a medium that came or went

class Busy {
  public:
    Busy(Desk& desk, const std::string& drive) : desk_(desk), drive_(drive) { desk_.set_busy(drive_, true); }
    ~Busy() { desk_.set_busy(drive_, false); }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

  private:
    Desk& desk_;
    const std::string& drive_;
};

std::string device_of(const Config& config, const std::string& drive) {
    const auto found = config.drives.find(drive);
    if (found == config.drives.end()) return "";
    return found->second.emulated() ? found->second.image_dir : found->second.device;
}

bool has_copy_on(const std::vector<DiscSessionRow>& copies, const std::string& drive) {
    return std::ranges::any_of(copies, [&](const DiscSessionRow& copy) { return copy.drive == drive; });
}

// Every message of the catalogue begins with its name; no drive is to be blamed for them.
bool is_catalogues(const Error& error) {
    return error.message.starts_with("catalogue");
}

}  // namespace

DriveLoop::DriveLoop(const BurnerServices& services, Desk& desk, Conditions& conditions,
                     std::unique_ptr<Drive> drive)
    : services_(services),
      desk_(desk),
      conditions_(conditions),
      drive_(std::move(drive)),
      reporter_(services, drive_->name(), device_of(services.config, drive_->name())),
      station_{services_, desk_, conditions_, *drive_, reporter_, notes_} {
    desk_.add_drive(drive_->name(), drive_->blank_capacity_bytes());
}

// A medium that came or went ends every wait. A drive that can't be asked is no news: what it is needed for
// says so.
void DriveLoop::look_for_medium() {
    const SteadyTime now = services_.clock.steady_now();
    if (drive_->emulated() || now < next_look_) return;
    next_look_ = now + kBetweenLooks;
    const auto changed = drive_->medium_changed();
    if (!changed || !*changed) return;
    log::info("medium changed", log::kv("drive", drive_->name()));
    woken_ = true;
}

Result<bool> DriveLoop::run_once() {
    const std::lock_guard lock(working);
    if (desk_.stopping) return false;
    look_for_medium();
    if (woken_.exchange(false)) {
        rest_.try_now();
        waiting_.clear();
        desk_.forget_cannot_take(drive_->name());
    }
    auto did = step();
    if (!did && !desk_.stopping) rest(did.error());
    conditions_.tell_failed_sessions(services_.catalogue);
    SteadyTime next = SteadyTime::max();
    const SteadyTime now = services_.clock.steady_now();
    if (!drive_->emulated()) next = next_look_;
    if (!rest_.ready(now)) next = std::min(next, rest_.until());
    for (const auto& [session, backoff] : waiting_)
        if (!backoff.ready(now)) next = std::min(next, backoff.until());
    next_time_ = next.time_since_epoch().count();
    return did;
}

SteadyTime DriveLoop::next_time() const {
    return SteadyTime(SteadyTime::duration(next_time_.load()));
}

void DriveLoop::rest(const Error& error) {
    rest_.failed(services_.clock.steady_now());
    desk_.set_not_before(drive_->name(), rest_.until());
    reporter_.drive_waits(error.message);
    log::warning("drive rests", log::kv("drive", drive_->name()), log::kv(error));
    if (!is_catalogues(error)) raise(station_, "drive_error", SessionRow{}, "", error.message);
}

Result<bool> DriveLoop::step() {
    const bool rested = rest_.ready(services_.clock.steady_now());
    if (!desk_.scanned && rested) {
        BB_TRY(const auto ended, unfinished_sessions(services_.catalogue));
        for (const SessionId session : ended) desk_.add_ended(session);
        desk_.scanned = true;
    }
    BB_TRY(const bool finished, finish_ended());
    if (finished) return true;
    if (!rested) return false;
    BB_TRY(const bool settled, settle_unfinished());
    if (settled) return true;
    return burn_next();
}

Result<bool> DriveLoop::finish_ended() {
    const SteadyTime now = services_.clock.steady_now();
    const auto session = desk_.next_ended(now);
    if (!session) return false;
    const auto claim = desk_.claim(*session);
    if (!claim) return false;
    if (auto finished = finish_session(services_, *session); !finished) {
        log::warning("session not finished", log::kv("session", *session), log::kv(finished.error()));
        desk_.ended_failed(*session, now);
        return true;
    }
    desk_.ended_done(*session);
    return true;
}

Result<bool> DriveLoop::settle_unfinished() {
    BB_TRY(const auto attempts, services_.catalogue.unfinished_attempts());
    for (const AttemptRow& attempt : attempts) {
        // A drive that is no longer configured can't be asked: its disc is suspect, and any drive may say so.
        const bool orphan = !services_.config.drives.contains(attempt.drive);
        if (attempt.drive != drive_->name() && !orphan) continue;
        BB_TRY(const auto discs, services_.catalogue.discs());
        const auto disc = std::ranges::find(discs, attempt.disc, &DiscRow::id);
        if (disc == discs.end())
            return fail(Errc::corrupt, fmt::format("catalogue: attempt {} names no disc", attempt.id));
        std::vector<SessionRow> rows;
        for (const SessionId id : attempt.sessions) {
            BB_TRY(SessionRow row, services_.catalogue.session(id));
            rows.push_back(std::move(row));
        }
        const Busy busy(desk_, drive_->name());
        auto work = make_work(services_, *disc, rows);
        if (!work && work.error().code != Errc::corrupt) return std::unexpected(std::move(work).error());
        if (!work || orphan) {
            Work unreadable;
            unreadable.disc = *disc, unreadable.rows = rows;
            if (!work) notes_.causes.insert_or_assign(attempt.id, std::move(work).error());
            BB_TRY(auto closed, close_bad_attempt(station_, attempt, unreadable, DiscVerdict::suspect));
            return conclude(unreadable, std::move(closed));
        }
        log::info("attempt unfinished", log::kv("attempt", attempt.id), log::kv("disc", disc->label),
                  log::kv("drive", attempt.drive));
        reporter_.begin(rows.front(), disc->label);
        auto settled = settle_attempt(station_, attempt, *work);
        reporter_.idle();
        if (!settled) return std::unexpected(std::move(settled).error());
        return conclude(*work, std::move(*settled));
    }
    return false;
}

bool DriveLoop::is_for_this_drive(const SessionRow& row) const {
    // A row whose folder is on its way (the seal's rename) is not whole yet.
    if (!row.folder_next.empty() || parse_folder(row.folder).state != FolderState::queued) return false;
    if (!services_.inbox.fs_of(row)) return false;  // its watched folder is not configured any more
    const auto pool = services_.config.pools.find(row.pool);
    return pool != services_.config.pools.end() &&
           std::ranges::count(pool->second.drives, drive_->name()) != 0;
}

bool DriveLoop::left_to_another(const SessionRow& row, const std::vector<DiscSessionRow>& copies) {
    if (has_copy_on(copies, drive_->name())) return true;  // copies go on different drives
    const SteadyTime now = services_.clock.steady_now();
    for (const std::string& earlier : services_.config.pools.at(row.pool).drives) {
        if (earlier == drive_->name()) return false;
        if (!has_copy_on(copies, earlier) && desk_.can_take(earlier, row.id, now)) return true;
    }
    return false;
}

Result<bool> DriveLoop::burn_next() {
    BB_TRY(const auto rows, services_.catalogue.sessions_in_state(SessionState::queued));
    const auto not_queued = [&](const auto& note) {
        return std::ranges::find(rows, note.first, &SessionRow::id) == rows.end();
    };
    std::erase_if(waiting_, not_queued);
    std::erase_if(estimates_, not_queued);
    for (const SessionRow& row : rows) {
        if (desk_.stopping) return false;
        if (row.folder_next.empty() && waits_for_its_folder(row)) {
            desk_.add_ended(row.id);
            return true;
        }
        if (!is_for_this_drive(row) || waits_for_recovery(services_, desk_, row)) continue;
        const auto waits = waiting_.find(row.id);
        if (waits != waiting_.end() && !waits->second.ready(services_.clock.steady_now())) continue;
        BB_TRY(const auto copies, services_.catalogue.copies(row.id));
        if (left_to_another(row, copies)) continue;
        const auto claim = desk_.claim(row.id);
        if (!claim) continue;
        const Busy busy(desk_, drive_->name());
        BB_TRY(const bool did, try_session(row, copies));
        if (did) return true;
    }
    if (waiting_.empty()) {
        wait_reason_.clear();
        conditions_.clear("no_disc", drive_->name());
        conditions_.clear("wrong_medium", drive_->name());
    }
    if (!wait_reason_.empty()) reporter_.drive_waits(wait_reason_);
    return false;
}

Result<std::uint64_t> DriveLoop::estimate(const SessionRow& row) {
    const auto known = estimates_.find(row.id);
    if (known != estimates_.end()) return known->second;
    BB_TRY(const SealedSession sealed, read_seal(services_.state_fs, row));
    return estimates_[row.id] = estimate_session_bytes(sealed.manifest) +
                                recovery_bytes(sealed, services_.config.burn.redundancy);
}

Result<bool> DriveLoop::try_session(const SessionRow& row, const std::vector<DiscSessionRow>& copies) {
    auto bytes = estimate(row);
    if (!bytes && bytes.error().code == Errc::corrupt) {
        BB_CHECK(fail_session(row, bytes.error().message));
        return true;
    }
    if (!bytes) return std::unexpected(std::move(bytes).error());
    const std::uint64_t here = drive_->blank_capacity_bytes();
    const std::uint64_t largest = desk_.largest_blank_bytes(services_.config.pools.at(row.pool).drives);
    if (here != 0 && *bytes > here && (largest == 0 || largest >= *bytes)) {
        desk_.set_cannot_take(drive_->name(), row.id);  // a drive with larger discs can
        return false;
    }
    auto supplied = supply_disc(station_, row, *bytes, copies);
    if (!supplied) {
        reporter_.session_waits(row, supplied.error().message);
        return std::unexpected(std::move(supplied).error());
    }
    const Supply& supply = *supplied;
    if (!supply.disc) {
        wait_for_disc(row, supply.waits);
        return false;
    }
    for (const std::string_view over : {"no_disc", "wrong_medium", "disc_full"})
        conditions_.clear(over, drive_->name());
    BB_TRY(Work work, make_work(services_, *supply.disc, {row}));
    reporter_.medium(supply.disc->medium, supply.disc->label);
    reporter_.begin(row, supply.disc->label);
    auto attempted = run_attempt(station_, work);
    reporter_.idle();
    if (!attempted) return std::unexpected(std::move(attempted).error());
    return conclude(work, std::move(*attempted));
}

void DriveLoop::wait_for_disc(const SessionRow& row, const Error& reason) {
    reporter_.session_waits(row, reason.message);
    wait_reason_ = reason.message;
    waiting_[row.id].failed(services_.clock.steady_now());
    desk_.set_cannot_take(drive_->name(), row.id);
    const bool wrong = reason.code == Errc::wrong_medium;
    conditions_.clear(wrong ? "no_disc" : "wrong_medium", drive_->name());
    if (!raise(station_, wrong ? "wrong_medium" : "no_disc", row, "", reason.message)) return;
    log::warning(wrong ? "wrong medium" : "no disc", log::kv("drive", drive_->name()),
                 log::kv("session", row.disc_name), log::kv("reason", reason.message));
}

}  // namespace burnbox
