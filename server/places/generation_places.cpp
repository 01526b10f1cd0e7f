#include "server/places/generation_places.hpp"

#include "common/storage/posix_file_system.hpp"

namespace burnbox {

std::vector<FileSystem*> GenerationPlaces::all() const {
    std::vector<FileSystem*> places = {&inbox_fs_};
    for (const auto& [path, fs] : image_dirs_) places.push_back(fs.get());
    return places;
}

Result<CatalogueAge> GenerationPlaces::begin(unsigned away) {
    const std::lock_guard lock(mutex_);
    began_ = true;
    const auto places = all();
    BB_TRY(const CatalogueAge age, check_generation(catalogue_, state_fs_, inbox_fs_, places));
    if (age != CatalogueAge::current || away == 0) return age;
    BB_TRY(const auto discs, catalogue_.discs());
    if (!discs.empty()) return age;
    BB_CHECK(skip_unseen_labels(catalogue_));
    BB_TRY(const unsigned next, catalogue_.next_disc_number());
    const unsigned first = away * kSkippedDiscNumbers + 1;
    if (next < first) BB_CHECK(catalogue_.go_on_after(0, first - next));
    BB_CHECK(note_generation_in(catalogue_, places));
    return age;
}

Result<bool> GenerationPlaces::came(const std::string& image_dir) {
    const std::lock_guard lock(mutex_);
    if (image_dirs_.contains(image_dir)) return false;
    BB_TRY(auto fs, open_posix_file_system(image_dir));
    CatalogueAge age = CatalogueAge::current;
    if (began_) {
        BB_TRY(age, compare_generation(catalogue_, state_fs_, *fs));
    }
    image_dirs_.emplace(image_dir, std::move(fs));
    return age != CatalogueAge::current;
}

void GenerationPlaces::gone(const std::string& image_dir) {
    const std::lock_guard lock(mutex_);
    image_dirs_.erase(image_dir);
}

Status GenerationPlaces::note() {
    const std::lock_guard lock(mutex_);
    return note_generation_in(catalogue_, all());
}

}  // namespace burnbox
