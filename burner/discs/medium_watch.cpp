#include "burner/discs/medium_watch.hpp"

#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/discs/meet_disc.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenLooks{3};  // for a medium that came or went
constexpr unsigned kMostLooks = 5;  // at what came; what can't be read does not stop the drive for good

}  // namespace

// A medium that came or went ends every wait. A drive that can't be asked is no news: what it is needed for
// says so.
bool MediumWatch::look() {
    if (shelf_is_back_.exchange(false)) looked_over_ = false, looks_ = 0;
    const SteadyTime now = context_.services.clock.steady_now();
    if (context_.drive.emulated()) {
        look_at_shelf(now);
        return false;
    }
    if (now < next_look_) return false;
    next_look_ = now + kBetweenLooks;
    const auto changed = context_.drive.medium_changed();
    if (changed && *changed) {
        log::info("medium changed", log::kv("drive", context_.drive.name()));
        known_medium_ = false;
    }
    if (changed && !known_medium_) meet_medium();
    if (!changed) context_.schedule.set_disc_in(context_.drive.name(), "");
    return changed.value_or(false);
}

// At the start, and after a change: whatever is in it was put there by somebody.
void MediumWatch::meet_medium() {
    const auto medium = context_.drive.inspect();
    if (!medium) {
        context_.schedule.set_disc_in(context_.drive.name(), "");
        return;
    }
    known_medium_ = true;
    context_.reporter.medium(medium->profile, medium->label);
    context_.schedule.set_disc_in(context_.drive.name(), medium->serial);
    context_.conditions.clear(EventKind::disc_full, context_.drive.name());
    just_met_ = *medium, meetings_ = 0;
    const auto disc = disc_in_drive(context_, *medium);
    if (!disc) return;
    if (const Status seen =
            context_.services.catalogue.disc_seen(disc->id, context_.drive.name(), medium->location);
        !seen)
        log::warning("place of a disc not noted", log::kv("disc", disc->label), log::kv(seen.error()));
    tell_when_full(context_, *disc);
}

// Images come and go while burnbox runs. Those that came are looked at as at the start.
void MediumWatch::look_at_shelf(SteadyTime now) {
    if (!known_medium_) place_shelf();
    if (now < next_look_) return;
    next_look_ = now + kBetweenLooks;
    const auto shelf = context_.drive.shelf();
    if (!shelf) return shelf_watch_.away();  // whoever needs it says so
    const auto came = shelf_watch_.look(*shelf);
    if (!came) return;
    doubt_verdicts(*came);
    known_medium_ = false;
    looked_over_ = false, looks_ = 0;
    place_shelf();
}

// What was found of these images may have been that of a part of them.
void MediumWatch::doubt_verdicts(const std::vector<ShelfDisc>& changed) {
    const auto discs = context_.services.catalogue.discs();
    for (const ShelfDisc& image : changed) {
        context_.notes.strangers.erase(image.serial);
        if (discs && std::ranges::any_of(*discs, [&](const DiscRow& disc) {
                return disc.serial == image.serial && disc.suspicion == Suspicion::changed;
            }))
            context_.notes.look_again.insert(image.serial);
    }
}

// Where the discs are FolderWatch notes. Nobody has been told yet that the blanks are used up.
void MediumWatch::place_shelf() {
    if (std::exchange(known_medium_, true)) return;
    context_.schedule.set_disc_in(context_.drive.name(), "");
    const auto discs = context_.services.catalogue.discs();
    if (!discs) return;
    const ShelfView view = context_.places.look();
    tell_copies(context_, view, *discs);
    const auto is_here = [&](const DiscRow& disc) {
        const ShelfView::Image* const image = place_of(view, disc);
        return disc.sessions_used != 0 &&
               (image == nullptr ? disc.drive : image->drive) == context_.drive.name();
    };
    const bool has_open = std::ranges::any_of(
        *discs, [&](const DiscRow& disc) { return is_here(disc) && disc.state == DiscState::open; });
    const auto last = std::find_if(discs->rbegin(), discs->rend(), is_here);
    if (!has_open && last != discs->rend()) tell_when_full(context_, *last);
}

Result<bool> MediumWatch::meet() {
    if (const auto medium = std::exchange(just_met_, std::nullopt)) {
        const auto met = meet_disc(context_, *medium);
        if (!met && ++meetings_ < kMostLooks) just_met_ = medium;  // the next try may read it
        if (!met || *met) return met;
    }
    return looked_over_ && context_.notes.look_again.empty() ? false : look_over();
}

// Once in a process, before anything is burned: what a disc holds is not burned once more. And whenever one
// is to be looked at again.
Result<bool> MediumWatch::look_over() {
    const Schedule::Busy busy(context_.schedule, context_.drive.name());
    const auto done = look_over_shelf(context_);
    if (!done && (shelf_is_away(done.error()) || ++looks_ < kMostLooks)) return done;
    if (!done)
        log::warning("shelf not looked over", log::kv("drive", context_.drive.name()), log::kv(done.error()));
    context_.notes.look_again.clear();
    looked_over_ = true, looks_ = 0;
    context_.schedule.set_looked_over(context_.drive.name());
    return done.value_or(false);
}

}  // namespace burnbox
