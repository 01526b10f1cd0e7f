// What a serving process stands on: the folders it has locked, the catalogue, the inbox, and the shelves of
// emulated discs. It knows which folder belongs where, so that one that is away is not taken for an empty
// one, and it notices when one that a promise stands in is lost. Threads: made and destroyed on the control
// thread; what is const, any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/config/current_config.hpp"
#include "common/inbox/inbox.hpp"
#include "common/marks/known_folders.hpp"
#include "common/storage/file_system.hpp"
#include "server/places/folder_locks.hpp"
#include "server/places/generation_places.hpp"
#include "server/places/place_watch.hpp"

namespace burnbox {

class Stores {
  public:
    using CatalogueFailed =
        std::function<void(const Error& error)>;  // of each statement that fails; any thread
    using PlaceLost = std::function<void(const std::string& path, const Error& error)>;

    // Makes and locks the folders and opens the catalogue. Blocks. `config` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<Stores>> open(const CurrentConfig& config,
                                                              CatalogueFailed catalogue_failed);

    [[nodiscard]] FileSystem& state_fs() const { return *state_fs_; }
    [[nodiscard]] FileSystem& inbox_fs() const { return *inbox_fs_; }
    [[nodiscard]] Catalogue& catalogue() const { return *catalogue_; }
    [[nodiscard]] Inbox& inbox() { return *inbox_; }
    [[nodiscard]] KnownFolders& folders() const { return *folders_; }

    // How old the catalogue is, as the folders with a mark say that are there; once, before anything is
    // begun. Errors: as GenerationPlaces::begin().
    [[nodiscard]] Result<CatalogueAge> begin_generation();
    [[nodiscard]] Status note_generation() { return generations_->note(); }
    // Whether the folder is the image_dir that it is known as. One that never had a mark is known by its
    // discs: without any of them its disk is not mounted. One that came is compared with the catalogue,
    // before anything in it is used. Any thread.
    [[nodiscard]] Status check_image_dir(const std::string& path);
    // Whether such a comparison found the catalogue older; and who is told when one does, on whatever thread.
    [[nodiscard]] bool turned_out_older() const { return turned_out_older_; }
    void when_older(std::function<void()> tell) { tell_older_ = std::move(tell); }  // before other threads

    // From now on the places of a seal's promise have to stay where they are: `lost` is told of one that does
    // not, on a thread of its own, and what the catalogue holds is saved beside its file.
    [[nodiscard]] Status keep_places(PlaceLost lost);
    // Whether they are all there now.
    [[nodiscard]] Status check_places() { return places_.check(); }
    // The watch ends; what was recorded after a place was lost is saved. Again: nothing.
    void let_places_go();

  private:
    explicit Stores(const CurrentConfig& config) : current_(config) {}
    [[nodiscard]] Status open(CatalogueFailed catalogue_failed);
    void rescue();
    [[nodiscard]] Status is_image_dir(const std::string& path);

    const CurrentConfig& current_;
    UniqueFd lock_;
    FolderLocks folder_locks_;
    PlaceWatch places_;
    std::unique_ptr<FileSystem> state_fs_, inbox_fs_;
    std::unique_ptr<KnownFolders> folders_;
    std::unique_ptr<Catalogue> catalogue_;
    std::unique_ptr<GenerationPlaces> generations_;
    std::function<void()> tell_older_;
    std::atomic<bool> turned_out_older_{false};
    std::optional<Inbox> inbox_;
    std::atomic<bool> place_lost_{false};
};

}  // namespace burnbox
