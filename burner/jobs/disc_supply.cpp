#include "burner/jobs/disc_supply.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/attempts/meet_disc.hpp"
#include "burner/attempts/taken_labels.hpp"
#include "burner/schedule/disc_choice.hpp"
#include "burner/schedule/labels.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostLabels = 10'000;  // images of former catalogues may hold some

// A disc belongs to no drive: emulated ones are where their images are, and a real one that was begun in any
// drive may be put into this one. A blank that was given its label lies where it was.
std::set<DiscId> within_reach(const AttemptContext& context, const ShelfView& view,
                              const std::vector<DiscRow>& discs) {
    std::set<DiscId> here;
    const std::string& name = context.drive.name();
    for (const DiscRow& disc : discs) {
        const ShelfView::Image* const image = place_of(view, disc);
        const bool on_shelf = image != nullptr && image->drive == name;
        const bool may_come =
            image == nullptr && !is_image(disc) && (disc.sessions_used != 0 || disc.drive == name);
        if (context.drive.emulated() ? on_shelf : may_come) here.insert(disc.id);
    }
    return here;
}

DiscWish wish_for(const AttemptContext& context, const SessionRow& row, std::uint64_t estimate_bytes,
                  const std::vector<DiscSessionRow>& copies, std::set<DiscId> here) {
    DiscWish wish{std::move(here), row.pool, estimate_bytes, {}};
    wish.blank_only = context.services.config.burn.layout == Layout::root;
    for (const DiscSessionRow& copy : copies) wish.excluded.insert(copy.disc);
    for (const auto& [disc, session] : context.notes.unsuitable)
        if (session == row.id) wish.excluded.insert(disc);
    return wish;
}

// Discs of a pool that got another name in the configuration. Their rows say so once they were burned on.
Status take_over(const AttemptContext& context, const SessionRow& row, std::vector<DiscRow>& discs) {
    for (DiscRow& disc : discs) {
        if (disc.state != DiscState::open || disc.pool == row.pool) continue;
        BB_TRY(const auto on_it, context.services.catalogue.disc_sessions(disc.id));
        if (may_take_over(disc, on_it, row.pool, context.services.config)) disc.pool = row.pool;
    }
    return {};
}

// Of the discs that would take it without.
Status add_trees(AttemptContext& context, const std::vector<DiscRow>& discs, DiscWish& wish) {
    for (const DiscRow& disc : discs_for(discs, wish)) {
        BB_TRY(wish.tree_bytes[disc.id], context.trees.bytes_on(disc));
    }
    return {};
}

// Labels that something bears already were passed over: their numbers are used, too.
Status use_numbers_up_to(Catalogue& catalogue, unsigned number) {
    BB_TRY(const unsigned next, catalogue.next_disc_number());
    return number > next ? catalogue.go_on_after(0, number - next) : Status();
}

// Puts a blank in under the first label that nothing bears. "" = waits.
Result<std::string> load_next_blank(AttemptContext& context, const std::vector<DiscRow>& discs,
                                    Supply& supply) {
    BB_TRY(std::vector<std::string> taken, taken_labels(context, discs));
    BB_TRY(unsigned number, context.services.catalogue.next_disc_number());
    for (unsigned tries = 0; tries < kMostLabels; ++tries) {
        BB_TRY(const NumberedLabel next,
               next_label(context.services.config.burn.label, context.services.clock.now(), number, taken));
        const Status loaded = context.drive.load_blank(next.label);
        if (loaded) {
            BB_CHECK(use_numbers_up_to(context.services.catalogue, next.number));
            return next.label;
        }
        if (loaded.error().code == Errc::no_medium || loaded.error().code == Errc::wrong_medium) {
            supply.waits = loaded.error();
            return std::string();
        }
        if (loaded.error().code != Errc::exists) return std::unexpected(loaded.error());
        taken.push_back(next.label);
        number = next.number + 1;
    }
    return fail(Errc::exists, fmt::format("drive {}: no label of burn.label is free in its image_dir",
                                          context.drive.name()));
}

Status add_blank(AttemptContext& context, const SessionRow& row, Supply& supply) {
    const std::lock_guard lock(context.schedule.labels);
    BB_TRY(const std::vector<DiscRow> discs, context.services.catalogue.discs());  // the others' too
    BB_TRY(const std::string label, load_next_blank(context, discs, supply));
    if (label.empty()) return {};
    BB_TRY(const Medium medium, context.drive.inspect());
    DiscRow disc;
    disc.label = label;
    disc.serial = random_uuid();
    disc.pool = row.pool;
    disc.drive = context.drive.name();
    disc.created_at = context.services.clock.now();
    update_from_medium(disc, medium);
    disc.sessions_used = 0;
    BB_TRY(disc.id, context.services.catalogue.add_disc(disc));
    if (context.services.note_generation) BB_CHECK(context.services.note_generation());
    log::info("disc added", log::kv("disc", disc.label), log::kv("drive", disc.drive),
              log::kv("medium", disc.medium), log::kv("capacity_bytes", disc.capacity_bytes));
    supply.disc = disc;
    return {};
}

// Emulated: whatever disc is wanted can be put in. Empty = none of them is there any more.
Result<std::optional<DiscRow>> take_from_shelf(AttemptContext& context, const ShelfView& view,
                                               const std::vector<DiscRow>& candidates) {
    for (const DiscRow& disc : candidates) {
        const Status loaded = load_image(context, view, disc);
        if (loaded) return disc;
        // It went in this very moment, or something else is in its place.
        if (loaded.error().code != Errc::not_found && loaded.error().code != Errc::wrong_medium)
            return std::unexpected(loaded.error());
    }
    return std::optional<DiscRow>();
}

// A label goes with a make, in case the catalogue says one.
bool of_the_same_make(const Medium& medium, const DiscRow& disc) {
    return medium.media_id.empty() || disc.media_id.empty() || medium.media_id == disc.media_id;
}

// Real: what is in the drive is taken, or it waits. A blank that was given its label before it was burned
// keeps it.
Result<std::optional<DiscRow>> take_what_is_in(AttemptContext& context,
                                               const std::vector<DiscRow>& candidates, bool& met) {
    BB_TRY(const Medium medium, context.drive.inspect());
    BB_TRY(met, meet_disc(context, medium));
    if (met) return std::optional<DiscRow>();
    for (const DiscRow& disc : candidates) {
        if (medium.state == MediumState::appendable && disc.label == medium.label &&
            disc.serial == medium.serial)
            return disc;
        const bool blank = medium.state == MediumState::blank && disc.sessions_used == 0;
        if (!blank || !of_the_same_make(medium, disc)) continue;
        const Status loaded = context.drive.load_blank(disc.label);
        if (loaded) return disc;
        if (loaded.error().code != Errc::no_medium) return std::unexpected(loaded.error());
    }
    return std::optional<DiscRow>();
}

// Why a new disc is needed although one is open: said to people whose session is overtaken.
std::string overtaken_text(const std::vector<DiscRow>& discs, const DiscWish& wish) {
    for (const DiscRow& disc : discs) {
        if (disc.state != DiscState::open || !wish.here.contains(disc.id) || disc.pool != wish.pool) continue;
        return fmt::format(
            "it needs about {} and disc {} has {} left, so it waits for a new disc; a smaller session may "
            "overtake it. ",
            human_bytes(needed_on(disc, wish)), disc.label, human_bytes(disc.free_bytes));
    }
    return "it waits for a new disc. ";
}

}  // namespace

Result<Supply> supply_disc(AttemptContext& context, const SessionRow& row, std::uint64_t estimate_bytes,
                           const std::vector<DiscSessionRow>& copies) {
    BB_TRY(std::vector<DiscRow> discs, context.services.catalogue.discs());
    const ShelfView view = context.places.look();
    BB_CHECK(note_places(context.services, view, discs));
    tell_copies(context, view, discs);
    BB_CHECK(take_over(context, row, discs));
    DiscWish wish = wish_for(context, row, estimate_bytes, copies, within_reach(context, view, discs));
    BB_CHECK(add_trees(context, discs, wish));
    const std::vector<DiscRow> candidates = discs_for(discs, wish);
    Supply supply;
    BB_TRY(supply.disc, context.drive.emulated() ? take_from_shelf(context, view, candidates)
                                                 : take_what_is_in(context, candidates, supply.met));
    if (supply.disc || supply.met) return supply;
    BB_CHECK(add_blank(context, row, supply));
    if (!supply.disc && !candidates.empty() && candidates.front().sessions_used != 0)
        supply.wanted = candidates.front().label;
    if (!supply.disc) supply.overtaken = overtaken_text(discs, wish);
    return supply;
}

}  // namespace burnbox
