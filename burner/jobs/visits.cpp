// What others than its own thread do with a drive: read a disc back, or what a person does by hand.
#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/jobs/burner_state.hpp"
#include "burner/rules/failure_rules.hpp"
#include "common/base/text.hpp"

namespace burnbox {

DriveLoop* Burner::State::find(const std::string& drive) {
    for (const std::unique_ptr<DriveLoop>& loop : loops)
        if (loop->drive().name() == drive) return loop.get();
    return nullptr;
}

Result<VerifyReport> Burner::verify(const DiscSessionRow& copy, BurnObserver& observer) {
    BB_TRY(const auto disc, state_->services.catalogue.find_disc(copy.disc_label));
    if (!disc || disc->id != copy.disc)
        return fail(Errc::not_found,
                    fmt::format("verify: there is no disc {} in the catalogue", copy.disc_label));
    return state_->read_back(*disc, copy, observer);
}

// Whatever drive has it now, wherever it was burned.
Result<VerifyReport> Burner::State::read_back(const DiscRow& disc, const DiscSessionRow& copy,
                                              BurnObserver& observer) {
    // A real disc that somebody copied to a shelf is one, too.
    if (disc.is_image || place_of(places.look(), disc) != nullptr)
        return read_image_back(disc, copy, observer);
    for (DriveLoop* const loop : who_may_have(disc)) {
        auto report = visit(*loop, [&] { return loop->read_back_here(copy, observer); });
        const bool not_here =
            !report && (report.error().code == Errc::no_medium || report.error().code == Errc::wrong_medium);
        if (!not_here) return report;
    }
    const ConfigSnapshot config = services.config.snapshot();
    return fail(Errc::no_medium, "verify: " + away_text(disc, *config));
}

Result<VerifyReport> Burner::State::read_image_back(const DiscRow& disc, const DiscSessionRow& copy,
                                                    BurnObserver& observer) {
    const ShelfView view = places.look();
    if (const ShelfView::Image* const image = place_of(view, disc)) {
        DriveLoop* const loop = find(image->drive);
        BB_ASSERT(loop != nullptr);
        return visit(*loop, [&] { return loop->read_back_here(copy, observer); });
    }
    if (!view.complete)
        return fail(Errc::unreachable, fmt::format("verify: disc {} is on no shelf that can be read: {}",
                                                   disc.label, view.away.message));
    BB_CHECK(services.catalogue.disc_missing(disc.id, services.clock.now()));
    const ConfigSnapshot config = services.config.snapshot();
    return fail(Errc::not_found, "verify: " + away_text(disc, *config));
}

// Real drives, the likeliest first; not those that burn another disc now, for that may take hours.
std::vector<DriveLoop*> Burner::State::who_may_have(const DiscRow& disc) {
    std::vector<DriveLoop*> likely, others;
    for (const std::unique_ptr<DriveLoop>& loop : loops) {
        if (loop->drive().emulated()) continue;
        const DriveStatus now = loop->reporter().snapshot();
        if (now.disc == disc.label || schedule.seen(disc.serial, now.drive).here)
            likely.push_back(loop.get());
        else if (now.sessions.empty())
            others.push_back(loop.get());
    }
    likely.insert(likely.end(), others.begin(), others.end());
    return likely;
}

// The drive may be busy with something else: its thread finds it out.
Result<std::string> Burner::State::vouch_for(DriveLoop& loop) {
    const std::string& name = loop.drive().name();
    BB_TRY(const auto attempts, services.catalogue.attempts_on_drive(name));
    BB_TRY(const auto discs, services.catalogue.discs());
    const bool was_stopped = !why_drive_stops(name, attempts, discs).empty();
    BB_CHECK(services.catalogue.trust_drive(name));
    loop.wake();
    schedule.changed();
    return fmt::format("drive {} {}", name, was_stopped ? "may burn again" : "was not stopped");
}

Result<std::string> Burner::by_hand(ByHand what, const std::string& drive) {
    DriveLoop* loop = state_->find(drive);
    if (loop == nullptr)
        return fail(Errc::not_found,
                    fmt::format("there is no drive {}; `burnbox drives` lists them", escape(drive)));
    if (what == ByHand::retry) return state_->vouch_for(*loop);
    return state_->visit(*loop, [&]() -> Result<std::string> {
        switch (what) {
            case ByHand::retry:
                break;
            case ByHand::close_disc:
                return loop->close_disc();
            case ByHand::eject:
                return loop->eject();
            case ByHand::load:
                return loop->load();
        }
        return std::string();
    });
}

}  // namespace burnbox
