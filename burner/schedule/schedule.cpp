#include "burner/schedule/schedule.hpp"

#include <algorithm>
#include <limits>

namespace burnbox {
namespace {

constexpr std::chrono::seconds kFolderLook{2};  // between looks for a folder that is away ...
constexpr int kFolderRest = 20;                 // ... and at least so many times as long as the last one took

constexpr auto kAnySize = std::numeric_limits<std::uint64_t>::max();  // of a drive that does not know

}  // namespace

Schedule::Claim::~Claim() {
    if (schedule_ == nullptr) return;
    const std::lock_guard lock(schedule_->mutex_);
    schedule_->claimed_.erase(session_);
}

std::optional<Schedule::Claim> Schedule::claim(SessionId session) {
    const std::lock_guard lock(mutex_);
    if (!claimed_.insert(session).second) return std::nullopt;
    return std::optional<Claim>(std::in_place, *this, session);
}

void Schedule::add_drive(const std::string& drive, std::uint64_t blank_capacity_bytes) {
    const std::lock_guard lock(mutex_);
    drives_[drive].blank_capacity_bytes = blank_capacity_bytes;
}

std::uint64_t Schedule::largest_blank_bytes(const std::vector<std::string>& drives) const {
    return blank_bytes_for(drives, 1);
}

std::uint64_t Schedule::blank_bytes_for(const std::vector<std::string>& drives, unsigned copies) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> sizes;
    for (const std::string& drive : drives) {
        const auto note = drives_.find(drive);
        if (note == drives_.end()) continue;
        const std::uint64_t known = note->second.blank_capacity_bytes;
        sizes.push_back(known == 0 ? kAnySize : known);
    }
    if (copies == 0 || sizes.size() < copies) return 0;
    std::ranges::sort(sizes, std::ranges::greater{});
    return sizes[copies - 1] == kAnySize ? 0 : sizes[copies - 1];
}

void Schedule::set_busy(const std::string& drive, bool busy) {
    const std::lock_guard lock(mutex_);
    drives_[drive].busy = busy;
    if (busy) ++changes_, condition_.notify_all();
}

void Schedule::set_not_before(const std::string& drive, SteadyTime time) {
    const std::lock_guard lock(mutex_);
    drives_[drive].not_before = time;
    ++changes_;
    condition_.notify_all();
}

void Schedule::set_cannot_take(const std::string& drive, SessionId session) {
    const std::lock_guard lock(mutex_);
    if (!drives_[drive].cannot_take.insert(session).second) return;
    ++changes_;
    condition_.notify_all();
}

void Schedule::forget_cannot_take(const std::string& drive) {
    const std::lock_guard lock(mutex_);
    drives_[drive].cannot_take.clear();
}

bool Schedule::can_take(const std::string& drive, SessionId session, SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    const auto note = drives_.find(drive);
    if (note == drives_.end()) return false;
    return !note->second.busy && note->second.would_take(session, now);
}

bool Schedule::will_take(const std::string& drive, SessionId session, SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    const auto note = drives_.find(drive);
    return note != drives_.end() && note->second.would_take(session, now);
}

void Schedule::set_disc_in(const std::string& drive, const std::string& serial) {
    const std::lock_guard lock(mutex_);
    drives_[drive].disc_in = serial;
}

bool Schedule::is_in(const std::string& serial, const std::string& drive) const {
    const std::lock_guard lock(mutex_);
    const auto note = drives_.find(drive);
    return !serial.empty() && note != drives_.end() && note->second.disc_in == serial;
}

bool Schedule::is_in_any(const std::string& serial) const {
    const std::lock_guard lock(mutex_);
    return !serial.empty() &&
           std::ranges::any_of(drives_, [&](const auto& drive) { return drive.second.disc_in == serial; });
}

bool Schedule::all_have_looked() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(drives_, [](const auto& drive) { return drive.second.disc_in.has_value(); });
}

void Schedule::add_ended(SessionId session) {
    const std::lock_guard lock(mutex_);
    ended_.try_emplace(session);
}

std::optional<SessionId> Schedule::next_ended(SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [session, ended] : ended_)
        if (now >= ended.next() && !claimed_.contains(session)) return session;
    return std::nullopt;
}

void Schedule::ended_done(SessionId session) {
    const std::lock_guard lock(mutex_);
    ended_.erase(session);
}

void Schedule::ended_failed(SessionId session, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    ended_[session].backoff.failed(now);
}

void Schedule::ended_without_folder(SessionId session, SteadyTime began, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    Ended& ended = ended_[session];
    ended.backoff.succeeded();
    ended.look_at = now + std::max<SteadyTime::duration>(kFolderLook, kFolderRest * (now - began));
}

bool Schedule::is_without_folder(SessionId session) const {
    const std::lock_guard lock(mutex_);
    const auto found = ended_.find(session);
    return found != ended_.end() && found->second.look_at;
}

std::optional<SteadyTime> Schedule::next_ended_time() const {
    const std::lock_guard lock(mutex_);
    std::optional<SteadyTime> first;
    for (const auto& [session, ended] : ended_)
        if (!first || ended.next() < *first) first = ended.next();
    return first;
}

void Schedule::burn_failed(SessionId session, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    burn_failures_[session].failed(now);
}

void Schedule::forget_burn_failures(SessionId session) {
    const std::lock_guard lock(mutex_);
    burn_failures_.erase(session);
}

bool Schedule::may_burn(SessionId session, SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    const auto found = burn_failures_.find(session);
    return found == burn_failures_.end() || found->second.ready(now);
}

std::optional<SteadyTime> Schedule::next_burn_time(SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    std::optional<SteadyTime> first;
    for (const auto& [session, backoff] : burn_failures_)
        if (!backoff.ready(now) && (!first || backoff.until() < *first)) first = backoff.until();
    return first;
}

void Schedule::set_parity_ready(SessionId session) {
    const std::lock_guard lock(mutex_);
    parity_ready_.insert(session);
}

void Schedule::forget_parity_ready(const std::set<SessionId>& but_for) {
    const std::lock_guard lock(mutex_);
    std::erase_if(parity_ready_, [&](SessionId session) { return !but_for.contains(session); });
}

bool Schedule::parity_ready(SessionId session) const {
    const std::lock_guard lock(mutex_);
    return parity_ready_.contains(session);
}

void Schedule::set_fits_a_disc(SessionId session) {
    const std::lock_guard lock(mutex_);
    fits_a_disc_.insert(session);
}

void Schedule::forget_fits(const std::set<SessionId>& but_for) {
    const std::lock_guard lock(mutex_);
    std::erase_if(fits_a_disc_, [&](SessionId session) { return !but_for.contains(session); });
}

bool Schedule::fits_a_disc(SessionId session) const {
    const std::lock_guard lock(mutex_);
    return fits_a_disc_.contains(session);
}

void Schedule::release(SessionId session) {
    const std::lock_guard lock(mutex_);
    released_.insert(session);
}

bool Schedule::released(SessionId session) const {
    const std::lock_guard lock(mutex_);
    return released_.contains(session);
}

void Schedule::limit_together(SessionId session, std::size_t most) {
    const std::lock_guard lock(mutex_);
    together_[session] = most;
}

std::size_t Schedule::most_together(SessionId session) const {
    const std::lock_guard lock(mutex_);
    const auto found = together_.find(session);
    return found == together_.end() ? 0 : found->second;
}

void Schedule::forget_together(SessionId session) {
    const std::lock_guard lock(mutex_);
    released_.erase(session);
    together_.erase(session);
}

void Schedule::changed() {
    const std::lock_guard lock(mutex_);
    ++changes_;
    condition_.notify_all();
}

std::uint64_t Schedule::changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
}

void Schedule::wait_for_change(std::uint64_t seen, std::chrono::nanoseconds most) {
    std::unique_lock lock(mutex_);
    condition_.wait_for(lock, most, [&] { return changes_ != seen || stopping; });
}

void Schedule::add_label_seen(const std::string& label) {
    const std::lock_guard lock(mutex_);
    labels_seen_.insert(label);
}

std::set<std::string> Schedule::labels_seen() const {
    const std::lock_guard lock(mutex_);
    return labels_seen_;
}

void Schedule::set_looked_over(const std::string& drive) {
    {
        const std::lock_guard lock(mutex_);
        drives_[drive].looked_over = true;
    }
    changed();
}

bool Schedule::shelf_seen(const std::string& drive) {
    const std::lock_guard lock(mutex_);
    drives_[drive].shelf_seen = true;
    return std::ranges::all_of(drives_, [](const auto& one) { return one.second.shelf_seen; });
}

bool Schedule::all_looked_over() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(drives_, [](const auto& drive) { return drive.second.looked_over; });
}

}  // namespace burnbox
