#include "burner/discs/changed_images.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/take_in.hpp"
#include "burner/rules/failure_rules.hpp"

namespace burnbox {
namespace {

std::string what_changed(const Medium& medium, const DiscRow& disc) {
    if (!medium.readable) return fmt::format("its image is {}: {}", to_string(medium.state), medium.reason);
    if (medium.sessions_used < disc.sessions_used)
        return fmt::format(
            "its image shows {} disc sessions, burned were {}: put the image back that holds all of them",
            medium.sessions_used, disc.sessions_used);
    return "the head of its image was changed since the last burn: restore the image from a copy";
}

bool is_as_burned(const Medium& medium, const DiscRow& disc) {
    return medium.serial == disc.serial && medium.head_digest == disc.head_digest &&
           medium.sessions_used == disc.sessions_used && medium.readable;
}

Result<bool> doubt(AttemptContext& context, DiscRow disc, const ShelfDisc& image) {
    const Status loaded = context.drive.load({image.label, image.location, disc.medium});
    if (!loaded && (shelf_is_away(loaded.error()) || says_nothing_about_a_disc_met(loaded.error())))
        return std::unexpected(loaded.error());
    if (!loaded) return false;  // it went this very moment
    BB_TRY(const Medium medium, context.drive.inspect());
    if (holds_more(medium, disc) || is_as_burned(medium, disc)) return false;
    mark_suspect(context, disc, Suspicion::changed, what_changed(medium, disc));
    BB_CHECK(context.services.catalogue.update_disc(disc));
    return true;
}

}  // namespace

Result<bool> doubt_changed_images(AttemptContext& context) {
    BB_TRY(const auto discs, context.services.catalogue.discs());
    BB_TRY(const auto unfinished, context.services.catalogue.unfinished_attempts());
    const ShelfView view = context.places.look();
    bool any = false;
    for (const DiscRow& disc : discs) {
        if (context.schedule.stopping) return any;
        if (!disc.is_image || disc.sessions_used == 0 || disc.state == DiscState::suspect) continue;
        const ShelfView::Image* const image = place_of(view, disc);
        if (image == nullptr || image->drive != context.drive.name()) continue;
        const bool as_known = image->disc.head_digest == disc.head_digest && !image->disc.cut_off;
        if (as_known || std::ranges::count(unfinished, disc.id, &AttemptRow::disc) != 0) continue;
        BB_TRY(const bool doubted, doubt(context, disc, image->disc));
        any = any || doubted;
    }
    return any;
}

}  // namespace burnbox
