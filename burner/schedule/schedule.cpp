#include "burner/schedule/schedule.hpp"

#include <algorithm>

#include "burner/rules/pool_room.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kFolderLook{2};  // between looks for a folder that is away ...
constexpr int kFolderRest = 20;                 // ... and at least so many times as long as the last one took

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
    drives_[drive].facts.blank_capacity_bytes = blank_capacity_bytes;
}

std::uint64_t Schedule::largest_blank_bytes(const std::vector<std::string>& drives) const {
    return blank_bytes_for(drives, 1);
}

std::uint64_t Schedule::blank_bytes_for(const std::vector<std::string>& drives, unsigned copies) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> capacities;
    for (const std::string& drive : drives)
        if (const auto note = drives_.find(drive); note != drives_.end())
            capacities.push_back(note->second.facts.blank_capacity_bytes);
    return burnbox::blank_bytes_for(std::move(capacities), copies);
}

void Schedule::set_busy(const std::string& drive, bool busy) {
    const std::lock_guard lock(mutex_);
    drives_[drive].facts.busy = busy;
    if (busy) ++changes_, condition_.notify_all();
}

void Schedule::set_not_before(const std::string& drive, SteadyTime time) {
    const std::lock_guard lock(mutex_);
    drives_[drive].facts.rests_until = time;
    ++changes_;
    condition_.notify_all();
}

void Schedule::set_cannot_take(const std::string& drive, SessionId session) {
    const std::lock_guard lock(mutex_);
    if (!drives_[drive].facts.cannot_take.insert(session).second) return;
    ++changes_;
    condition_.notify_all();
}

void Schedule::forget_cannot_take(const std::string& drive) {
    const std::lock_guard lock(mutex_);
    drives_[drive].facts.cannot_take.clear();
}

std::map<std::string, DriveFacts> Schedule::drives() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, DriveFacts> facts;
    for (const auto& [name, note] : drives_) facts.emplace(name, note.facts);
    return facts;
}

QueuedSession Schedule::facts_of(SessionRow row) const {
    const SessionId id = row.id;
    QueuedSession facts{.row = std::move(row)};
    const std::lock_guard lock(mutex_);
    facts.taken = claimed_.contains(id);
    facts.released = released_.contains(id);
    if (const auto most = together_.find(id); most != together_.end()) facts.most_together = most->second;
    if (const auto failed = burn_failures_.find(id); failed != burn_failures_.end())
        facts.not_before = failed->second.until();
    return facts;
}

bool Schedule::will_take(const std::string& drive, SessionId session, SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    const auto note = drives_.find(drive);
    return note != drives_.end() && note->second.facts.would_take(session, now);
}

void Schedule::set_disc_in(const std::string& drive, const std::string& serial) {
    const std::lock_guard lock(mutex_);
    drives_[drive].disc_in = serial;
}

SeenInDrives Schedule::seen(const std::string& serial, const std::string& drive) const {
    const std::lock_guard lock(mutex_);
    SeenInDrives seen{.all_have_looked = true};
    for (const auto& [name, note] : drives_) {
        if (!note.disc_in) seen.all_have_looked = false;
        if (serial.empty() || note.disc_in != serial) continue;
        seen.anywhere = true;
        seen.here = seen.here || name == drive;
    }
    return seen;
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

std::optional<SteadyTime> Schedule::next_burn_time(SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    std::optional<SteadyTime> first;
    for (const auto& [session, backoff] : burn_failures_)
        if (!backoff.ready(now) && (!first || backoff.until() < *first)) first = backoff.until();
    return first;
}

void Schedule::needs_person(SessionId session, const std::string& what) {
    const std::lock_guard lock(mutex_);
    needs_[session] = what;
}

void Schedule::needs_nobody(SessionId session) {
    const std::lock_guard lock(mutex_);
    needs_.erase(session);
}

std::map<SessionId, std::string> Schedule::needs_of_all() const {
    const std::lock_guard lock(mutex_);
    return needs_;
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

void Schedule::set_fits_a_disc(SessionId session, const Fit& fit) {
    const std::lock_guard lock(mutex_);
    fits_a_disc_[session] = fit;
}

void Schedule::forget_fits(const std::set<SessionId>& but_for) {
    const std::lock_guard lock(mutex_);
    std::erase_if(fits_a_disc_, [&](const auto& note) { return !but_for.contains(note.first); });
}

bool Schedule::fits_a_disc(SessionId session, const Fit& fit) const {
    const std::lock_guard lock(mutex_);
    const auto note = fits_a_disc_.find(session);
    return note != fits_a_disc_.end() && note->second == fit;
}

void Schedule::release(SessionId session) {
    const std::lock_guard lock(mutex_);
    released_.insert(session);
}

void Schedule::limit_together(SessionId session, std::size_t most) {
    const std::lock_guard lock(mutex_);
    together_[session] = most;
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

void Schedule::set_catalogue_older() {
    const std::lock_guard lock(mutex_);
    catalogue_is_older_ = true;
    for (auto& [name, drive] : drives_) drive.looked_over = false, drive.shelf_seen = false;
}

bool Schedule::catalogue_is_older() const {
    const std::lock_guard lock(mutex_);
    return catalogue_is_older_;
}

bool Schedule::waits_for_shelves() const {
    const std::lock_guard lock(mutex_);
    return catalogue_is_older_ &&
           !std::ranges::all_of(drives_, [](const auto& drive) { return drive.second.looked_over; });
}

}  // namespace burnbox
