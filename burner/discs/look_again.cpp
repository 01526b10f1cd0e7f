#include "burner/discs/look_again.hpp"

#include "burner/attempts/read_back.hpp"
#include "burner/attempts/take_in.hpp"
#include "burner/attempts/verifier.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

Result<bool> is_good(AttemptContext& context, const DiscRow& disc, const DiscSessionRow& copy) {
    std::vector<SessionRow> rows;
    if (copy.session != 0) {
        BB_TRY(rows.emplace_back(), context.services.catalogue.session(copy.session));
    }
    context.reporter.begin(rows, disc.label);
    context.reporter.phase(DriveActivity::verifying, copy.disc_session);
    ReadObserver observer(context.reporter);
    const auto report = read_back(context, disc, copy, observer);
    context.reporter.idle();
    if (!report) return std::unexpected(report.error());
    return report->mismatches.empty();
}

}  // namespace

Status look_again(AttemptContext& context, DiscRow disc) {
    log::info("disc looked at again", log::kv("disc", disc.label), log::kv("drive", context.drive.name()),
              log::kv("what", "its image has changed since it became suspect"));
    BB_TRY(const Medium medium, context.drive.inspect());
    if (holds_more(medium, disc)) {
        BB_TRY(disc, take_in_disc(context, disc));
    }
    const bool as_known = medium.serial == disc.serial && medium.sessions_used == disc.sessions_used &&
                          medium.head_digest == disc.head_digest;
    if (!as_known) return {};
    BB_TRY(const auto copies, context.services.catalogue.disc_sessions(disc.id));
    for (const DiscSessionRow& copy : copies) {
        BB_TRY(const bool good, is_good(context, disc, copy));
        if (!good) return {};
    }
    return {};
}

}  // namespace burnbox
