#include "server/composition/stores.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/marks/older_catalogue.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/places/catalogue_rescue.hpp"
#include "server/places/locations.hpp"
#include "server/places/state_folders.hpp"

namespace burnbox {

Result<std::unique_ptr<Stores>> Stores::open(const CurrentConfig& config, CatalogueFailed catalogue_failed) {
    std::unique_ptr<Stores> stores(new Stores(config));
    BB_CHECK(stores->open(std::move(catalogue_failed)));
    return stores;
}

Status Stores::open(CatalogueFailed catalogue_failed) {
    const ConfigSnapshot config = current_.snapshot();
    BB_CHECK(make_state_dir(*config));
    BB_TRY(lock_, lock_state_dir(config->state_dir));
    BB_TRY(state_fs_, open_posix_file_system(config->state_dir));
    BB_TRY(folders_, KnownFolders::open(*state_fs_));
    BB_CHECK(make_folders_of(*config, *folders_));
    BB_CHECK(folders_->check(FolderKind::inbox_dir, config->inbox_dir));
    BB_CHECK(hold_folders(folder_locks_, *config));
    BB_CHECK(take_rescued_catalogue(catalogue_file(config->catalogue)));
    BB_TRY(catalogue_, Catalogue::open(config->catalogue, std::move(catalogue_failed)));
    BB_TRY(inbox_fs_, open_posix_file_system(config->inbox_dir));
    inbox_.emplace(*inbox_fs_, *catalogue_);
    generations_ = std::make_unique<GenerationPlaces>(*catalogue_, *state_fs_, *inbox_fs_);
    return {};
}

Result<CatalogueAge> Stores::begin_generation() {
    const ConfigSnapshot config = current_.snapshot();
    unsigned count = 0, away = 0;
    for (const auto& [name, drive] : config->drives) {
        if (!drive.emulated()) continue;
        const Status there = check_image_dir(drive.image_dir);  // its drive says what is wrong
        ++count;
        if (away == 0 && !there && folders_->knows(drive.image_dir)) away = count;
    }
    return generations_->begin(away);
}

Status Stores::check_image_dir(const std::string& path) {
    if (Status there = is_image_dir(path); !there) {
        generations_->gone(path);
        return there;
    }
    BB_TRY(const bool older, generations_->came(path));
    if (!older) return {};
    turned_out_older_ = true;
    if (tell_older_) tell_older_();
    return {};
}

Status Stores::is_image_dir(const std::string& path) {
    if (!folders_->knows(path)) {
        BB_TRY(const auto discs, catalogue_->discs());
        if (lost_every_image(discs, path))
            return fail(
                Errc::unreachable,
                fmt::format("image_dir {} is away: no disc is in it; mount its disk. If this folder is to "
                            "take its place, say so with: touch {}/{}",
                            path, path, kAdoptFile));
    }
    BB_CHECK(folders_->check(FolderKind::image_dir, path));
    // One that was away, or closed to us, at the start is held from now on.
    Status held = folder_locks_.hold("image_dir", path);
    if (!held) held.error().code = Errc::unreachable;
    return held;
}

Status Stores::keep_places(PlaceLost lost) {
    const ConfigSnapshot config = current_.snapshot();
    BB_CHECK(places_.keep("state_dir", config->state_dir, Origin::state_folder));
    BB_CHECK(places_.keep("the lock", config->state_dir + "/lock", Origin::catalogue));
    BB_CHECK(places_.keep("the folder", config->state_dir + "/seals", Origin::state_folder));
    BB_CHECK(places_.keep("inbox_dir", config->inbox_dir, Origin::state_folder));
    if (const std::string file = catalogue_file(config->catalogue); !file.empty()) {
        BB_CHECK(places_.keep("the catalogue", file, Origin::catalogue));
        BB_CHECK(places_.keep("the catalogue's log", file + "-wal", Origin::catalogue));
        BB_CHECK(places_.keep("the catalogue's index", file + "-shm", Origin::catalogue));
    }
    places_.start([this, lost = std::move(lost)](const std::string& path, const Error& error) {
        place_lost_ = true;
        lost(path, error);
        rescue();
    });
    return {};
}

void Stores::let_places_go() {
    places_.stop();
    if (place_lost_.exchange(false)) rescue();
}

void Stores::rescue() {
    const ConfigSnapshot config = current_.snapshot();
    const std::string file = catalogue_file(config->catalogue);
    if (file.empty()) return;
    if (const Status saved = rescue_catalogue(*catalogue_, file); !saved)
        log::error("catalogue not rescued", log::kv(saved.error()));
}

}  // namespace burnbox
