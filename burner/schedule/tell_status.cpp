#include "burner/schedule/tell_status.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/session/part.hpp"

namespace burnbox {
namespace {

std::string part_line(const SessionRow& part, const std::vector<DiscSessionRow>& copies) {
    std::string discs;
    for (const DiscSessionRow& copy : copies)
        if (copy.session == part.id) discs += (discs.empty() ? "on disc " : " and ") + copy.disc_label;
    std::string text = discs;
    if (part.state != SessionState::burned)
        text += (text.empty() ? "" : ", ") + std::string(to_string(part.state));
    if (part.state != SessionState::burned && !part.reason.empty()) text += ": " + part.reason;
    return fmt::format("part {} of {}: {}", part.part, part.parts, text);
}

// What the catalogue does not say is left out.
std::vector<std::string> part_lines(Catalogue& catalogue, const SessionRow& row) {
    if (!row.is_part() && row.parts == 0) return {};
    const auto parts = catalogue.parts(row.whole_or_self());
    const auto copies = catalogue.copies(row.whole_or_self());
    if (!parts || !copies) return {};
    std::vector<std::string> lines;
    for (const SessionRow& part : *parts) lines.push_back(part_line(part, *copies));
    return lines;
}

}  // namespace

void tell_status(const BurnerServices& services, const SessionRow& row, StatusFacts facts) {
    const auto text = [&] {
        facts.session = fmt::format("{}/{}", row.account, whole_disc_name(row.disc_name));
        facts.parts = part_lines(services.catalogue, row);
        facts.time = services.clock.now();
        return status_text(facts);
    };
    if (auto written = services.inbox.write_status(row, text); !written)
        log::debug("status not written", log::kv("account", row.account), log::kv("session", row.disc_name),
                   log::kv(written.error()));
}

void tell_waits(const BurnerServices& services, const SessionRow& row, const std::string& reason) {
    if (const Status told = services.catalogue.set_reason(row.id, reason); !told)
        log::warning("reason not stored", log::kv("account", row.account), log::kv("session", row.disc_name),
                     log::kv(told.error()));
    StatusFacts facts;
    facts.state = "queued";
    facts.waits = reason;
    tell_status(services, row, facts);
}

}  // namespace burnbox
