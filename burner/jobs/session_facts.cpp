#include "burner/jobs/session_facts.hpp"

#include <fmt/format.h>

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

}  // namespace

StatusFacts facts_of(Catalogue& catalogue, const SessionRow& row, Timestamp now) {
    StatusFacts facts;
    facts.session = fmt::format("{}/{}", row.account, whole_disc_name(row.disc_name));
    facts.time = now;
    if (!row.is_part() && row.parts == 0) return facts;
    const SessionId whole = row.whole_or_self();
    const auto parts = catalogue.parts(whole);
    const auto copies = catalogue.copies(whole);
    if (!parts || !copies) return facts;
    for (const SessionRow& part : *parts) facts.parts.push_back(part_line(part, *copies));
    return facts;
}

}  // namespace burnbox
