#include "burner/turn/drive_waits.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "common/catalogue/copy_rules.hpp"

namespace burnbox {
namespace {

EventKind condition_of(const Error& reason) {
    return reason.code == Errc::wrong_medium ? EventKind::wrong_medium : EventKind::no_disc;
}

}  // namespace

SteadyTime DriveWaits::for_disc(const SessionRow& row, const Error& reason, const std::string& said) {
    context_.reporter.session_waits(row, said);
    context_.schedule.set_cannot_take(context_.drive.name(), row.id);
    disc_waits_.insert_or_assign(row.id, DiscWait{row, reason});
    tell_signals();
    return rest(context_, row);
}

void DriveWaits::tell_signals() {
    const std::string& drive = context_.drive.name();
    for (const EventKind condition : {EventKind::no_disc, EventKind::wrong_medium}) {
        const auto first = std::ranges::find_if(
            disc_waits_, [&](const auto& wait) { return condition == condition_of(wait.second.reason); });
        if (first == disc_waits_.end()) {
            context_.conditions.clear(condition, drive);
            continue;
        }
        const auto& [row, reason] = first->second;
        if (!raise(context_, condition, row, "", reason.message)) continue;
        log::warning(condition == EventKind::no_disc ? "no disc" : "wrong medium", log::kv("drive", drive),
                     log::kv("session", row.disc_name), log::kv("reason", reason.message));
    }
}

std::string DriveWaits::reason_of_first() const {
    return disc_waits_.empty() ? "" : disc_waits_.begin()->second.reason.message;
}

void DriveWaits::keep_only(const std::set<SessionId>& queued) {
    const auto left = [&](const auto& wait) { return !queued.contains(wait.first); };
    std::erase_if(disc_waits_, left);
    std::erase_if(folder_waits_, left);
}

void DriveWaits::began(const std::vector<SessionRow>& rows) {
    for (const SessionRow& row : rows) disc_waits_.erase(row.id);
    tell_signals();
    context_.conditions.clear(EventKind::disc_full, context_.drive.name());
    if (const Status taken = take_reason_back(); !taken)
        log::warning("reason not stored", log::kv("drive", context_.drive.name()), log::kv(taken.error()));
}

void DriveWaits::for_folder(const SessionRow& row, const std::string& said) {
    folder_waits_[row.id] = said;
    context_.reporter.session_waits(row, said);
}

void DriveWaits::tell_when_folder_is_back(QueuedSession& session) {
    if (!session.folder_away.empty()) return;
    const auto told = folder_waits_.extract(session.row.id);
    if (!told || told.mapped() != session.row.reason) return;
    context_.reporter.session_waits(session.row, "");
    session.row.reason.clear();
}

bool DriveWaits::is_of_this_drive(const SessionRow& row) const {
    const ConfigSnapshot config = context_.services.config.snapshot();
    const auto pool = config->pools.find(row.pool);
    return pool != config->pools.end() && std::ranges::count(pool->second.drives, context_.drive.name()) != 0;
}

Status DriveWaits::tell_all(const std::string& reason) {
    told_to_all_ = reason;
    const BurnerServices& services = context_.services;
    BB_TRY(const auto queue, services.catalogue.burn_queue());
    for (const SessionRow& row : queue) {
        if (!is_of_this_drive(row)) continue;
        if (const auto fs = services.inbox.fs_of(row); !fs) {
            for_folder(row, fs.error().message);
            continue;
        }
        if (!has_queued_folder(row)) continue;
        BB_TRY(const auto copies, counting_copies(services.catalogue, row.id));
        // One that has its copy from this drive waits for others.
        const bool waits_here =
            std::ranges::find(copies, context_.drive.name(), &DiscSessionRow::drive) == copies.end();
        if (waits_here && !another_drive_takes(context_, row, copies))
            context_.reporter.session_waits(row, reason);
    }
    BB_TRY(const auto attempts, services.catalogue.unfinished_attempts());
    for (const AttemptRow& attempt : attempts) {
        if (attempt.drive != context_.drive.name()) continue;
        for (const SessionId session : attempt.sessions) {
            BB_TRY(const SessionRow row, services.catalogue.session(session));
            context_.reporter.session_waits(row, reason);
        }
    }
    return {};
}

Status DriveWaits::take_reason_back() {
    const std::string told = std::exchange(told_to_all_, "");
    if (told.empty()) return {};
    BB_TRY(const auto queue, context_.services.catalogue.burn_queue());
    for (const SessionRow& row : queue)
        if (row.reason == told) context_.reporter.session_waits(row, "");
    return {};
}

}  // namespace burnbox
