// What is in a drive, or on its shelf, and what follows from that: how `status` shows it, where the catalogue
// has the disc, and whether somebody has to change it.
#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenLooks{3};  // for a medium that came or went

}  // namespace

// A medium that came or went ends every wait. A drive that can't be asked is no news: what it is needed for
// says so.
void DriveLoop::look_for_medium() {
    const SteadyTime now = services_.clock.steady_now();
    if (drive_->emulated()) return look_at_shelf(now);
    if (now < next_look_) return;
    next_look_ = now + kBetweenLooks;
    const auto changed = drive_->medium_changed();
    if (changed && *changed) {
        log::info("medium changed", log::kv("drive", drive_->name()));
        woken_ = true;
        known_medium_ = false;
    }
    if (changed && !known_medium_) meet_medium();
    if (!changed) schedule_.set_disc_in(drive_->name(), "");
}

// At the start, and after a change: whatever is in it was put there by somebody.
void DriveLoop::meet_medium() {
    const auto medium = drive_->inspect();
    if (!medium) {
        schedule_.set_disc_in(drive_->name(), "");
        return;
    }
    known_medium_ = true;
    reporter_.medium(medium->profile, medium->label);
    schedule_.set_disc_in(drive_->name(), medium->serial);
    conditions_.clear(EventKind::disc_full, drive_->name());
    just_met_ = *medium, meetings_ = 0;
    const auto disc = disc_in_drive(*medium);
    if (!disc) return;
    if (const Status seen = services_.catalogue.disc_seen(disc->id, drive_->name(), medium->location); !seen)
        log::warning("place of a disc not noted", log::kv("disc", disc->label), log::kv(seen.error()));
    tell_when_full(context_, *disc);
}

// Images come and go while burnbox runs. Those that came are looked at as at the start.
void DriveLoop::look_at_shelf(SteadyTime now) {
    if (!known_medium_) place_shelf();
    if (now < next_shelf_look_) return;
    next_shelf_look_ = now + kBetweenLooks;
    const auto shelf = drive_->shelf();
    if (!shelf) return shelf_watch_.away();  // whoever needs it says so
    const auto came = shelf_watch_.look(*shelf);
    if (!came) return;
    doubt_verdicts(*came);
    known_medium_ = false;
    looked_over_ = false, looks_ = 0;
    place_shelf();
}

// What was found of these images may have been that of a part of them.
void DriveLoop::doubt_verdicts(const std::vector<ShelfDisc>& changed) {
    const auto discs = services_.catalogue.discs();
    for (const ShelfDisc& image : changed) {
        notes_.strangers.erase(image.serial);
        if (discs && std::ranges::any_of(*discs, [&](const DiscRow& disc) {
                return disc.serial == image.serial && disc.suspicion == Suspicion::changed;
            }))
            notes_.look_again.insert(image.serial);
    }
}

// Where the discs are; and nobody has been told yet that its blanks are used up.
void DriveLoop::place_shelf() {
    if (std::exchange(known_medium_, true)) return;
    schedule_.set_disc_in(drive_->name(), "");
    auto discs = services_.catalogue.discs();
    if (!discs) return;
    const ShelfView view = context_.places.look();
    tell_copies(context_, view, *discs);
    if (const Status noted = note_places(services_, view, *discs); !noted)
        log::warning("places of discs not noted", log::kv("drive", drive_->name()), log::kv(noted.error()));
    const auto is_here = [&](const DiscRow& disc) {
        return disc.drive == drive_->name() && disc.sessions_used != 0;
    };
    const bool has_open = std::ranges::any_of(
        *discs, [&](const DiscRow& disc) { return is_here(disc) && disc.state == DiscState::open; });
    const auto last = std::find_if(discs->rbegin(), discs->rend(), is_here);
    if (!has_open && last != discs->rend()) tell_when_full(context_, *last);
}

}  // namespace burnbox
