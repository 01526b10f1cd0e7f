#include "burner/attempts/load_disc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "burner/rules/labels.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

std::string names_of(const Config& config, bool emulated) {
    std::string names;
    for (const auto& [name, drive] : config.drives)
        if (drive.emulated() == emulated)
            names += (names.empty() ? "" : " or ") + (emulated ? drive.image_dir : name);
    return names.empty() ? "a drive that takes it; none is configured" : names;
}

Status note_seen(const BurnerServices& services, const ShelfView::Image& image, DiscRow& disc) {
    const bool as_known =
        disc.drive == image.drive && disc.location == image.disc.location && !disc.missing_since;
    if (as_known) return {};
    BB_CHECK(services.catalogue.disc_seen(disc.id, image.drive, image.disc.location));
    log::info("disc found", log::kv("disc", disc.label), log::kv("drive", image.drive),
              log::kv("image", image.disc.location), log::kv("before", disc.location));
    disc.drive = image.drive;
    disc.location = image.disc.location;
    disc.missing_since.reset();
    return {};
}

Status note_missing(const BurnerServices& services, DiscRow& disc) {
    if (disc.missing_since) return {};
    disc.missing_since = services.clock.now();
    log::warning("disc missing", log::kv("disc", disc.label), log::kv("image", disc.location),
                 log::kv("remedy", "put it back into an image_dir; until then it is no copy of anything"));
    return services.catalogue.disc_missing(disc.id, *disc.missing_since);
}

void tell_copies_of(AttemptContext& context, const ShelfView& view, const DiscRow& disc) {
    for (const std::string& copy : copies_of(view, disc))
        if (context.notes.copies_told.insert(copy).second)
            log::warning("copy of a disc", log::kv("disc", disc.label), log::kv("image", copy),
                         log::kv("what", "two files have its serial; nothing is written to this one"),
                         log::kv("used", disc.location));
}

}  // namespace

Status load_image(AttemptContext& context, const ShelfView& view, const DiscRow& disc, HeadNoted head) {
    const ShelfView::Image* const image = place_of(view, disc, head);
    if (image == nullptr && !view.complete) return std::unexpected(view.away);
    if (image == nullptr || image->drive != context.drive.name()) {
        const ConfigSnapshot config = context.services.config.snapshot();
        return fail(Errc::not_found, away_text(disc, *config));
    }
    return context.drive.load({label_on_disc(disc.label), image->disc.location, disc.medium});
}

Status load_disc(AttemptContext& context, const DiscRow& disc, HeadNoted head) {
    if (context.drive.emulated()) return load_image(context, context.places.look(), disc, head);
    BB_CHECK(context.drive.load({label_on_disc(disc.label)}));
    if (disc.sessions_used == 0) return {};
    BB_TRY(const Medium medium, context.drive.inspect());
    if (medium.serial == disc.serial) return {};
    return fail(Errc::wrong_medium,
                fmt::format("drive {} holds another disc that is called {} too: insert the one "
                            "with serial {}",
                            context.drive.name(), disc.label, disc.serial));
}

Result<DiscRow> disc_in_drive(AttemptContext& context, const Medium& medium) {
    if (medium.state == MediumState::none)
        return fail(Errc::no_medium, fmt::format("no disc is in drive {}; `burnbox load {}` puts one in",
                                                 context.drive.name(), context.drive.name()));
    BB_TRY(const auto discs, context.services.catalogue.discs());
    const auto disc = std::ranges::find_if(discs, [&](const DiscRow& row) {
        return label_on_disc(row.label) == medium.label && row.serial == medium.serial &&
               row.sessions_used != 0;
    });
    if (disc == discs.end())
        return fail(Errc::not_found, fmt::format("the disc in drive {} is none that burnbox has burned",
                                                 context.drive.name()));
    return *disc;
}

Status note_places(const BurnerServices& services, const ShelfView& view, std::vector<DiscRow>& discs) {
    BB_TRY(const auto unfinished, services.catalogue.unfinished_attempts());
    for (DiscRow& disc : discs) {
        const bool written_on = std::ranges::count(unfinished, disc.id, &AttemptRow::disc) != 0;
        const HeadNoted head = written_on ? HeadNoted::older : HeadNoted::newest;
        if (const ShelfView::Image* const image = place_of(view, disc, head))
            BB_CHECK(note_seen(services, *image, disc));
        else if (disc.is_image && view.complete)
            BB_CHECK(note_missing(services, disc));
    }
    return {};
}

void tell_copies(AttemptContext& context, const ShelfView& view, const std::vector<DiscRow>& discs) {
    for (const DiscRow& disc : discs) tell_copies_of(context, view, disc);
}

namespace {

// What people leave in an image's place and burnbox does not follow; "" = nothing.
std::string stand_in(const std::string& location) {
    std::error_code error;
    if (std::filesystem::is_symlink(location, error))
        return " (a symbolic link of that name is there, and links are not followed)";
    for (const char* const ending : {".gz", ".xz", ".zst", ".bz2"})
        if (std::filesystem::exists(location + ending, error))
            return fmt::format(" ({}{} is there: unpack it)", location, ending);
    return {};
}

}  // namespace

std::string away_text(const DiscRow& disc, const Config& config) {
    if (disc.is_image)
        return fmt::format("disc {} is missing: put its image {} back into {}{}", disc.label, disc.location,
                           names_of(config, true), stand_in(disc.location));
    return fmt::format("disc {} is in no drive: insert it into {}", disc.label, names_of(config, false));
}

}  // namespace burnbox
