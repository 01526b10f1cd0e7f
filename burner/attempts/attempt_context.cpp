#include "burner/attempts/attempt_context.hpp"

#include <algorithm>

#include "burner/rules/disc_choice.hpp"
#include "common/base/log.hpp"

namespace burnbox {

void publish(AttemptContext& context, EventKind kind, const SessionRow& row, const std::string& disc,
             const std::string& message) {
    context.services.events.publish({kind, context.services.clock.now(), row.account, row.disc_name, disc,
                                     context.drive.name(), message});
}

bool another_drive_takes(const AttemptContext& context, const SessionRow& row,
                         const std::vector<DiscSessionRow>& copies) {
    const SteadyTime now = context.services.clock.steady_now();
    const ConfigSnapshot config = context.services.config.snapshot();
    const auto pool = config->pools.find(row.pool);
    if (pool == config->pools.end()) return false;
    return std::ranges::any_of(pool->second.drives, [&](const std::string& drive) {
        return drive != context.drive.name() && context.schedule.will_take(drive, row.id, now) &&
               std::ranges::find(copies, drive, &DiscSessionRow::drive) == copies.end();
    });
}

bool raise(AttemptContext& context, EventKind condition, const SessionRow& row, const std::string& disc,
           const std::string& message) {
    return context.conditions.raise({.kind = condition,
                                     .time = {},
                                     .account = row.account,
                                     .session = row.disc_name,
                                     .disc = disc,
                                     .drive = context.drive.name(),
                                     .message = message});
}

SteadyTime rest(AttemptContext& context, const SessionRow& row) {
    Backoff& backoff = context.notes.rests[row.id];
    backoff.failed(context.services.clock.steady_now());
    return backoff.until();
}

void mark_suspect(AttemptContext& context, DiscRow& disc, Suspicion suspicion, const std::string& reason) {
    if (disc.state != DiscState::suspect) {
        disc.state_before = disc.state;
        disc.reason_before = disc.reason;
    }
    disc.state = DiscState::suspect;
    disc.reason = reason;
    disc.suspicion = suspicion;
    disc.suspect_at = context.services.clock.now();
    context.services.events.publish({.kind = EventKind::disc_suspect,
                                     .time = *disc.suspect_at,
                                     .account = {},
                                     .session = {},
                                     .disc = disc.label,
                                     .drive = context.drive.name(),
                                     .message = reason});
    log::error("disc suspect", log::kv("disc", disc.label), log::kv("drive", disc.drive),
               log::kv("reason", reason));
}

void mark_full_when_full(AttemptContext& context, DiscRow& disc, std::optional<Layout> burned_as) {
    const ConfigSnapshot config = context.services.config.snapshot();
    const bool for_one = burned_as.value_or(config->burn.layout) == Layout::root &&
                         disc.sessions_used != 0;  // it has the disc for itself
    if (disc.state != DiscState::open || !(for_one || disc_is_full(disc, config->burn.full_below_bytes)))
        return;
    disc.state = DiscState::full;
    log::info("disc full", log::kv("disc", disc.label), log::kv("drive", disc.drive),
              log::kv("free_bytes", disc.free_bytes), log::kv("sessions_left", disc.sessions_left));
}

void tell_when_full(AttemptContext& context, const DiscRow& disc) {
    if (disc.state == DiscState::open || disc.state == DiscState::suspect) return;
    if (context.drive.has_blanks()) return;  // nobody has to do anything: the next one goes in by itself
    raise(context, EventKind::disc_full, SessionRow{}, disc.label,
          "disc " + disc.label + " takes no more sessions");
}

}  // namespace burnbox
