#include "common/catalogue/copy_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace burnbox {

bool counts(const std::vector<DiscRow>& discs, const DiscSessionRow& copy) {
    const auto disc = std::ranges::find(discs, copy.disc, &DiscRow::id);
    return disc != discs.end() && counts(*disc, copy);
}

Result<std::vector<DiscSessionRow>> counting_copies(Catalogue& catalogue, SessionId session) {
    BB_TRY(auto copies, catalogue.copies(session));
    if (copies.empty()) return copies;
    BB_TRY(const auto discs, catalogue.discs());
    std::erase_if(copies, [&](const DiscSessionRow& copy) { return !counts(discs, copy); });
    return copies;
}

bool are_complete(const SessionRow& row, const std::vector<DiscSessionRow>& counting) {
    return row.copies != 0 && counting.size() >= row.copies;
}

std::string copies_text(const SessionRow& row, const std::vector<DiscSessionRow>& counting) {
    if (counting.empty()) return {};
    const std::string& disc = counting.back().disc_label;
    if (row.copies == 0) return fmt::format("copy {} is on disc {}", counting.size(), disc);
    return fmt::format("copy {} of {} is on disc {}", counting.size(), row.copies, disc);
}

}  // namespace burnbox
