#include "burner/turn/disc_supply.hpp"

#include <fmt/format.h>

#include "burner/attempts/taken_labels.hpp"
#include "burner/rules/labels.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/marks/older_catalogue.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostLabels = 10'000;  // images of former catalogues may hold some

// Labels that something bears already were passed over: their numbers are used, too.
Status use_numbers_up_to(Catalogue& catalogue, unsigned number) {
    BB_TRY(const unsigned next, catalogue.next_disc_number());
    return number > next ? catalogue.go_on_after(0, number - next) : Status();
}

// An empty image that is there already, and has a name that our discs get: it was made right before burnbox
// was killed, or somebody put it there. No row was ever of it, so nothing was written under its label;
// whether that is so of numbers that were given before, an older catalogue does not know.
Result<std::optional<std::string>> load_blank_of_shelf(AttemptContext& context,
                                                       const std::vector<std::string>& taken, unsigned next) {
    BB_TRY(const bool older, may_miss_discs(context.services.state_fs));
    const ConfigSnapshot config = context.services.config.snapshot();
    for (const ShelfView::Image& image : context.places.look().images) {
        if (!image.disc.blank || image.drive != context.drive.name()) continue;
        const std::string& label = image.disc.label;
        const auto number = number_of_label(config->burn.label, label);
        if (!number || (older && *number < next) || is_taken(label, taken)) continue;
        if (*number >= next + kMostLabels) continue;  // all between them would never be given
        const Status loaded = context.drive.load_blank(label);
        if (!loaded && loaded.error().code == Errc::exists) continue;
        BB_CHECK(loaded);
        BB_CHECK(use_numbers_up_to(context.services.catalogue, *number));
        return label;
    }
    return std::nullopt;
}

// Puts a blank in under the first label that nothing bears.
Result<std::string> load_next_blank(AttemptContext& context, const std::vector<DiscRow>& discs) {
    BB_TRY(std::vector<std::string> taken, taken_labels(context, discs));
    BB_TRY(unsigned number, context.services.catalogue.next_disc_number());
    if (context.drive.emulated()) {
        BB_TRY(auto there, load_blank_of_shelf(context, taken, number));
        if (there) return std::move(*there);
    }
    const ConfigSnapshot config = context.services.config.snapshot();
    for (unsigned tries = 0; tries < kMostLabels; ++tries) {
        BB_TRY(const NumberedLabel next,
               next_label(config->burn.label, context.services.clock.now(), number, taken));
        const Status loaded = context.drive.load_blank(next.label);
        if (loaded) {
            BB_CHECK(use_numbers_up_to(context.services.catalogue, next.number));
            return next.label;
        }
        if (loaded.error().code != Errc::exists) return std::unexpected(loaded.error());
        taken.push_back(next.label);
        number = next.number + 1;
    }
    return fail(Errc::exists, fmt::format("drive {}: no label of burn.label is free in its image_dir",
                                          context.drive.name()));
}

}  // namespace

Result<DiscRow> put_in_next_blank(AttemptContext& context, const std::string& pool) {
    const std::lock_guard lock(context.schedule.labels);
    BB_TRY(const std::vector<DiscRow> discs, context.services.catalogue.discs());  // the others' too
    BB_TRY(const std::string label, load_next_blank(context, discs));
    BB_TRY(const Medium medium, context.drive.inspect());
    DiscRow disc;
    disc.label = label;
    disc.serial = random_uuid();
    disc.pool = pool;
    disc.drive = context.drive.name();
    disc.created_at = context.services.clock.now();
    update_from_medium(disc, medium);
    disc.sessions_used = 0;
    BB_TRY(disc.id, context.services.catalogue.add_disc(disc));
    if (context.services.note_generation) BB_CHECK(context.services.note_generation());
    log::info("disc added", log::kv("disc", disc.label), log::kv("drive", disc.drive),
              log::kv("medium", disc.medium), log::kv("capacity_bytes", disc.capacity_bytes));
    return disc;
}

}  // namespace burnbox
