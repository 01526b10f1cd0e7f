#include "burner/shelf/image_shelf.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "burner/image/volume_id.hpp"
#include "burner/media/medium_profile.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

// One that has no bytes, no other name, and that no other process has open: it may be about to be copied
// here. None: something else is there, or nothing.
UniqueFd open_empty(const std::string& path) {
    UniqueFd image(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info{};
    const bool empty = image && ::fstat(image.get(), &info) == 0 && S_ISREG(info.st_mode) &&
                       info.st_size == 0 && info.st_nlink == 1;
    // The kernel grants this lease to the only one who has the file open.
    if (!empty || ::fcntl(image.get(), F_SETLEASE, F_WRLCK) != 0) return {};
    ::fcntl(image.get(), F_SETLEASE, F_UNLCK);
    return image;
}

}  // namespace

std::string ImageShelf::image_path(const std::string& label) const {
    return config_.image_dir + "/" + label + ".iso";
}

Status ImageShelf::check_place() const {
    if (check_place_) BB_CHECK(with_origin(Origin::state_folder, check_place_()));
    if (::access(config_.image_dir.c_str(), F_OK) == 0 || errno != ENOENT) return {};
    return with_origin(Origin::state_folder,
                       Status(fail(Errc::unreachable, "the folder image_dir " + config_.image_dir +
                                                          " is missing; mount or restore it")));
}

Status ImageShelf::load(const DiscToLoad& disc) {
    BB_CHECK(check_label(disc.label));
    BB_CHECK(check_place());
    const std::string path = disc.location.empty() ? image_path(disc.label) : disc.location;
    if (std::filesystem::path(path).parent_path() != std::filesystem::path(config_.image_dir))
        return fail(Errc::invalid, "load disc " + path + ": it is not in " + config_.image_dir);
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) return fail_errno("load disc", path);
    if (!S_ISREG(info.st_mode))
        return fail(Errc::wrong_medium, "load disc " + path + ": it is no plain file");
    loaded_ = path;
    medium_ = find_medium_profile(disc.medium) != nullptr ? disc.medium : config_.medium;
    return {};
}

Result<unsigned> ImageShelf::count_images(Count count) const {
    unsigned images = 0;
    std::error_code error;
    std::filesystem::directory_iterator next(config_.image_dir, error);
    for (; !error && next != std::filesystem::directory_iterator(); next.increment(error)) {
        struct stat info{};
        if (next->path().extension() != ".iso" || ::lstat(next->path().c_str(), &info) != 0) continue;
        if (count == Count::all || info.st_size != 0) ++images;
    }
    if (error) return fail_errno("count the discs in", config_.image_dir, error.value());
    return images;
}

Status ImageShelf::check_blanks_left() const {
    if (!config_.blanks) return {};
    BB_TRY(const unsigned images, count_images(Count::all));
    if (images < *config_.blanks) return {};
    return fail(Errc::no_medium, "drive " + config_.name + ": all " + std::to_string(*config_.blanks) +
                                     " blank discs are used (drives." + config_.name + ".blanks)");
}

bool ImageShelf::has_blanks() const {
    if (!config_.blanks) return true;
    const auto used = count_images(Count::written);
    return used && *used < *config_.blanks;
}

Result<UniqueFd> ImageShelf::make_image(const std::string& path) const {
    BB_CHECK(check_blanks_left());
    UniqueFd image(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!image) return fail_errno("make the blank disc", path);
    return image;
}

Status ImageShelf::load_blank(const std::string& label) {
    BB_CHECK(check_label(label));
    BB_CHECK(check_place());
    const std::string path = image_path(label);
    UniqueFd image = open_empty(path);
    if (!image) {
        BB_TRY(image, make_image(path));
    }
    const UniqueFd folder(::open(config_.image_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return fail_errno("open", config_.image_dir);
    if (::fsync(image.get()) != 0 || ::fsync(folder.get()) != 0)
        return fail_errno("sync the blank disc", path);
    loaded_ = path;
    medium_ = config_.medium;
    return {};
}

}  // namespace burnbox
