#include "burner/attempts/reporter.hpp"

#include "burner/schedule/tell_status.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kTextEvery{1};

}  // namespace

Reporter::Reporter(const BurnerServices& services, std::string drive, std::string device)
    : services_(services) {
    status_.drive = std::move(drive);
    status_.device = std::move(device);
}

void Reporter::begin(std::vector<SessionRow> rows, const std::string& disc) {
    rows_ = std::move(rows);
    disc_session_ = 0;
    const std::lock_guard lock(mutex_);
    status_.sessions.clear();
    for (const SessionRow& row : rows_) status_.sessions.push_back(row.id);
    status_.state = DriveActivity::burning;
    status_.disc = disc;
    status_.reason.clear();
    status_.progress = {};
    status_.bytes_per_second = 0;
}

void Reporter::phase(DriveActivity activity, unsigned disc_session) {
    disc_session_ = disc_session;
    phase_began_ = services_.clock.steady_now();
    {
        const std::lock_guard lock(mutex_);
        status_.state = activity;
        status_.progress = {};
        status_.bytes_per_second = 0;
    }
    write_text();
}

void Reporter::progress(const Progress& progress) {
    const SteadyTime now = services_.clock.steady_now();
    const double seconds = std::chrono::duration<double>(now - phase_began_).count();
    {
        const std::lock_guard lock(mutex_);
        status_.progress = progress;
        status_.bytes_per_second = seconds > 0 ? static_cast<double>(progress.done_bytes) / seconds : 0;
    }
    if (now - text_written_ >= kTextEvery) write_text();
}

void Reporter::idle() {
    rows_.clear();
    const std::lock_guard lock(mutex_);
    status_.state = DriveActivity::idle;
    status_.sessions.clear();
    status_.progress = {};
    status_.bytes_per_second = 0;
}

void Reporter::drive_waits(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    status_.state = reason.empty() ? DriveActivity::idle : DriveActivity::waiting;
    status_.reason = reason;
}

void Reporter::session_waits(const SessionRow& row, const std::string& reason) {
    if (row.reason == reason) return;
    const Status stored = services_.catalogue.set_reason(row.id, reason);
    if (!stored && stored.error().code == Errc::not_found) return;  // withdrawn meanwhile
    if (!stored)
        log::warning("reason not stored", log::kv("session", row.disc_name), log::kv(stored.error()));
    tell_waiting(row, row.state, reason);
}

void Reporter::session_queued(const SessionRow& row, const std::string& reason) {
    tell_waiting(row, SessionState::queued, reason);
}

void Reporter::tell_waiting(const SessionRow& row, SessionState state, const std::string& reason) {
    StatusFacts facts;
    facts.state = to_string(state);
    if (!row.is_part()) facts.waits = reason;  // of a part its line says it
    tell_status(services_, row, facts);
}

void Reporter::medium(const std::string& profile, const std::string& disc) {
    const std::lock_guard lock(mutex_);
    status_.medium = profile;
    status_.disc = disc;
}

DriveStatus Reporter::snapshot() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

void Reporter::write_text() {
    text_written_ = services_.clock.steady_now();
    const DriveStatus now = snapshot();
    StatusFacts facts;
    facts.state = to_string(now.state);
    facts.disc = now.disc;
    facts.disc_session = disc_session_;
    facts.drive = now.drive;
    facts.progress = now.progress;
    facts.bytes_per_second = now.bytes_per_second;
    for (const SessionRow& row : rows_) tell_status(services_, row, facts);
}

}  // namespace burnbox
