#include "burner/jobs/lost_pools.hpp"

#include <fmt/format.h>

#include "burner/schedule/tell_status.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"

namespace burnbox {

void tell_lost_pools(const BurnerServices& services) {
    const auto rows = services.catalogue.sessions_in_state(SessionState::queued);
    if (!rows) return log::warning("sessions without a pool not looked for", log::kv(rows.error()));
    const ConfigSnapshot config = services.config.snapshot();
    for (const SessionRow& row : *rows) {
        if (config->pools.contains(row.pool)) continue;
        const std::string reason = fmt::format(
            "the configuration has no pool {} any more: name one so again (pools.{}), or cancel the "
            "session and send its marker again",
            escape(row.pool), escape(row.pool));
        log::error("session has no pool", log::kv("session", row.account + "/" + row.disc_name),
                   log::kv("pool", row.pool), log::kv("remedy", "name a pool so again"));
        if (const Status told = services.catalogue.set_reason(row.id, reason); !told)
            log::warning("reason not stored", log::kv("session", row.disc_name), log::kv(told.error()));
        StatusFacts facts;
        facts.state = "queued";
        if (!row.is_part()) facts.waits = reason;
        tell_status(services, row, facts);
    }
}

}  // namespace burnbox
