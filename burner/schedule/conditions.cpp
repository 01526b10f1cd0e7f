#include "burner/schedule/conditions.hpp"

#include <algorithm>
#include <set>

#include "burner/schedule/schedule.hpp"
#include "burner/schedule/services.hpp"
#include "common/base/log.hpp"
#include "common/session/part.hpp"

namespace burnbox {

bool Conditions::raise(Event what) {
    BB_ASSERT(find_condition(what.kind) != nullptr && find_condition(what.kind)->begins == what.kind);
    what.time = clock_.now();
    // Those of a drive are one for all the sessions that wait for it.
    const Key key = what.drive.empty() ? Key{what.kind, "", what.account, what.session}
                                       : Key{what.kind, what.drive, "", ""};
    const std::lock_guard lock(mutex_);
    const auto held = held_.find(key);
    if (held != held_.end() && held->second.message == what.message && held->second.disc == what.disc)
        return false;
    held_[key] = what;
    events_.publish(what);
    return true;
}

void Conditions::clear(EventKind condition, const std::string& drive) {
    const std::lock_guard lock(mutex_);
    clear_key({condition, drive, "", ""});
}

// Requires the mutex.
void Conditions::clear_key(const Key& key) {
    const auto held = held_.find(key);
    if (held == held_.end()) return;
    Event over = std::move(held->second);
    held_.erase(held);
    log::info("condition over", log::kv("condition", to_string(over.kind)), log::kv("drive", over.drive),
              log::kv("session", over.session));
    over.kind = find_condition(over.kind)->ends;
    over.time = clock_.now();
    over.message.clear();
    events_.publish(over);
}

namespace {

// Nothing of burnbox's takes it, until the configuration names its pool or its folder again.
bool has_lost_its_place(const Config& config, const SessionRow& row) {
    if (!config.pools.contains(row.pool)) return true;
    return row.staging.is_watched() && std::ranges::find(config.watch, *row.staging.watched_folder(),
                                                         &WatchConfig::path) == config.watch.end();
}

// What was noted counts as long as its row says the same.
Result<std::vector<SessionRow>> sessions_in_need(const BurnerServices& services, Schedule& schedule) {
    BB_TRY(auto rows, services.catalogue.sessions_in_state(SessionState::failed));
    BB_TRY(const auto queued, services.catalogue.burn_queue());
    const ConfigSnapshot config = services.config.snapshot();
    for (const SessionRow& row : queued)
        if (!row.reason.empty() && has_lost_its_place(*config, row)) rows.push_back(row);
    for (const auto& [session, what] : schedule.needs_of_all()) {
        const auto row = services.catalogue.session(session);
        if (!row && row.error().code != Errc::not_found) return std::unexpected(row.error());
        const bool still = row && row->reason == what && row->state != SessionState::failed;
        if (still)
            rows.push_back(*row);
        else
            schedule.needs_nobody(session);
    }
    return rows;
}

}  // namespace

void Conditions::tell_failed_sessions(const BurnerServices& services, Schedule& schedule) {
    const std::lock_guard one_at_a_time(failed_);
    const auto in_need = sessions_in_need(services, schedule);
    if (!in_need) return;
    std::set<Key> still;
    for (const SessionRow& row : *in_need) {
        // Parts wait for the same: one of them tells it, by the name that people know.
        const std::string session(whole_disc_name(row.disc_name));
        if (!still.insert({EventKind::burn_failed, "", row.account, session}).second) continue;
        raise({.kind = EventKind::burn_failed,
               .time = {},
               .account = row.account,
               .session = session,
               .disc = "",
               .drive = "",
               .message = row.reason});
    }
    const std::lock_guard lock(mutex_);
    std::vector<Key> over;
    for (const auto& [key, event] : held_)
        if (event.kind == EventKind::burn_failed && !still.contains(key)) over.push_back(key);
    for (const Key& key : over) clear_key(key);
}

}  // namespace burnbox
