#include "burner/discs/refused_disc.hpp"

#include "burner/discs/meet_disc.hpp"

namespace burnbox {

Result<bool> judge_refused_disc(AttemptContext& context, DiscRow& disc, const Error& error) {
    const auto medium = context.drive.inspect();
    if (medium) {
        BB_TRY(const bool met, meet_disc(context, *medium));
        if (met) return true;
    }
    // Nobody can put another one into an emulated drive: the image was changed from outside.
    const bool is_itself = context.drive.emulated() ||
                           (medium && disc.sessions_used != 0 && medium->serial == disc.serial &&
                            medium->media_id == disc.media_id && medium->state == MediumState::appendable);
    if (!is_itself) return false;
    mark_suspect(context, disc, Suspicion::changed, error.message);
    BB_CHECK(context.services.catalogue.update_disc(disc));
    return true;
}

}  // namespace burnbox
