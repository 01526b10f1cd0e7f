#include "burner/jobs/begin_anew.hpp"

#include <fmt/format.h>

#include "burner/schedule/tell_status.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/part.hpp"

namespace burnbox {
namespace {

void write_status(const BurnerServices& services, const SessionRow& row) {
    StatusFacts facts;
    facts.state = to_string(row.state);
    if (!row.is_part()) facts.waits = row.reason;  // of a part its line says it
    tell_status(services, row, facts);
}

// Whoever says something else meanwhile has the last word.
void write_status_of(const BurnerServices& services, SessionId session) {
    auto row = services.catalogue.session(session);
    for (bool same = false; row && row->state == SessionState::queued && !same;) {
        write_status(services, *row);
        auto now = services.catalogue.session(session);
        same = !now || now->reason == row->reason;
        row = std::move(now);
    }
}

std::string lost_pool_text(const SessionRow& row) {
    return fmt::format(
        "the configuration has no pool {0} any more: name one so again (pools.{0}), or say `burnbox retry "
        "{1}/{2} --pool NAME` to have it burned in another one",
        escape(row.pool), escape(row.account), escape(whole_disc_name(row.disc_name)));
}

void tell_lost_pool(const BurnerServices& services, SessionRow row) {
    row.reason = lost_pool_text(row);
    log::error("session has no pool", log::kv("session", row.account + "/" + row.disc_name),
               log::kv("pool", row.pool),
               log::kv("remedy", "name a pool so again, or `burnbox retry --pool`"));
    if (const Status told = services.catalogue.set_reason(row.id, row.reason); !told)
        log::warning("reason not stored", log::kv("session", row.disc_name), log::kv(told.error()));
    write_status(services, row);
}

}  // namespace

Status note_promised_copies(const BurnerServices& services) {
    const ConfigSnapshot config = services.config.snapshot();
    for (const auto& [name, pool] : config->pools)
        BB_CHECK(services.catalogue.promise_copies(name, pool.copies));
    return {};
}

std::vector<SessionId> forget_reasons(const BurnerServices& services) {
    auto forgotten = services.catalogue.forget_reasons();
    if (forgotten) return std::move(*forgotten);
    log::warning("reasons of waiting sessions not looked through", log::kv(forgotten.error()));
    return {};
}

void tell_reasons_anew(const BurnerServices& services, const std::vector<SessionId>& forgotten) {
    for (const SessionId session : forgotten) write_status_of(services, session);
}

void tell_lost_pools(const BurnerServices& services) {
    const auto rows = services.catalogue.burn_queue();  // also parts of what is burning
    if (!rows) return log::warning("sessions without a pool not looked for", log::kv(rows.error()));
    const ConfigSnapshot config = services.config.snapshot();
    for (const SessionRow& row : *rows)
        if (!config->pools.contains(row.pool) && row.reason != lost_pool_text(row))
            tell_lost_pool(services, row);
}

}  // namespace burnbox
