#include "burner/discs/folder_watch.hpp"

#include <algorithm>
#include <utility>

#include "burner/attempts/load_disc.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kNoteAgain{10};  // whoever held an older row meanwhile may have stored it

}  // namespace

bool FolderWatch::tell_folders() {
    bool back = false;
    const ConfigSnapshot config = services_.config.snapshot();
    for (Drive* const drive : places_.drives()) {
        if (!drive->emulated()) continue;
        const std::string& folder = config->drives.at(drive->name()).image_dir;
        const Status there = drive->check_shelf();
        const auto [known, is_first] = there_.try_emplace(folder, there.has_value());
        back = back || (!is_first && there && !known->second);
        known->second = there.has_value();
        if (services_.folder_is_away) services_.folder_is_away(folder, there ? "" : there.error().message);
    }
    return back;
}

bool FolderWatch::look() {
    bool news = tell_folders();
    const ShelfView view = places_.look();
    std::vector<Seen> now;
    for (const ShelfView::Image& image : view.images)
        now.emplace_back(image.disc.location, image.disc.serial, image.disc.head_digest);
    const bool changed = std::exchange(seen_, now) != now;
    if (changed || services_.clock.steady_now() >= note_again_) news = note(view) || news;
    return news;
}

bool FolderWatch::note(const ShelfView& view) {
    note_again_ = services_.clock.steady_now() + kNoteAgain;
    auto discs = services_.catalogue.discs();
    const std::vector<DiscRow> before = discs ? *discs : std::vector<DiscRow>();
    const Status noted = discs ? note_places(services_, view, *discs) : std::unexpected(discs.error());
    if (!noted) log::warning("places of discs not noted", log::kv(noted.error()));
    return discs && !std::ranges::equal(before, *discs, {}, &DiscRow::drive, &DiscRow::drive);
}

}  // namespace burnbox
