// What a drive can say of a disc that was burned earlier: by hand, and before a payload is let go of.
#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/attempts/read_back.hpp"
#include "burner/attempts/verifier.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "common/base/log.hpp"

namespace burnbox {

Result<VerifyReport> DriveLoop::read_back_here(const DiscSessionRow& copy, BurnObserver& observer) {
    BB_TRY(auto discs, services_.catalogue.discs());
    BB_CHECK(note_places(services_, context_.places.look(), discs));
    const auto disc = std::ranges::find(discs, copy.disc, &DiscRow::id);
    if (disc == discs.end())
        return fail(Errc::not_found, "verify: the disc is not in the catalogue any more");
    BB_CHECK(load_disc(context_, *disc));
    return read_back(context_, *disc, copy, observer);
}

PayloadRelease::Discs DriveLoop::discs_for_release() {
    return {
        .reach = [this](const DiscRow& disc) { return reach(disc); },
        .read_back = [this](const DiscRow& disc, const DiscSessionRow& copy) { return prove(disc, copy); }};
}

PayloadRelease::Reach DriveLoop::reach(const DiscRow& disc) const {
    using Reach = PayloadRelease::Reach;
    const std::string& name = drive_->name();
    switch (where_is(disc, disc.is_image, context_.places.look(), schedule_.seen(disc.serial, name), name)) {
        case Whereabouts::here:
            return Reach::here;
        case Whereabouts::another_drive:
            return Reach::another_drive;
        case Whereabouts::unknown:
            return Reach::unknown;
        case Whereabouts::nowhere:
            break;
    }
    if (!disc.is_image) return Reach::shelved;
    if (const Status noted = services_.catalogue.disc_missing(disc.id, services_.clock.now()); !noted)
        log::warning("missing disc not noted", log::kv("disc", disc.label), log::kv(noted.error()));
    return Reach::missing;
}

PayloadRelease::Found DriveLoop::prove(const DiscRow& disc, const DiscSessionRow& copy) {
    using Found = PayloadRelease::Found;
    const std::lock_guard lock(working);
    if (schedule_.stopping) return Found::unknown;
    const Schedule::Busy busy(schedule_, drive_->name());
    ReadObserver observer(reporter_);
    const auto report = read_back_here(copy, observer);
    if (report) return report->mismatches.empty() ? Found::good : Found::bad;
    log::warning("copy not read back", log::kv("disc", disc.label), log::kv("session", copy.session_name),
                 log::kv(report.error()));
    return Found::unknown;
}

}  // namespace burnbox
