// The shelf of an emulated drive: one file per disc, made exclusively as image_dir/LABEL.iso, and at most one
// of them in the drive. Thread: the drive's.
#pragma once

#include <functional>
#include <string>

#include "burner/drive/drive.hpp"
#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "common/config/config.hpp"

namespace burnbox {

class ImageShelf {
  public:
    // `check_place` says whether image_dir is the folder that it was: errors unreachable.
    explicit ImageShelf(const DriveConfig& config, std::function<Status()> check_place = {})
        : config_(config), check_place_(std::move(check_place)) {}

    // Nothing is asked of a shelf whose place something else has taken, an empty mount point say: that says
    // nothing about its discs. Errors: unreachable, of Origin::state_folder.
    [[nodiscard]] Status check_place() const;
    // What failed because the place went meanwhile has failed for that reason.
    template <typename Answer>
    [[nodiscard]] Result<Answer> or_away(Result<Answer> answer) const {
        if (!answer && answer.error().origin == Origin::unknown)
            if (Status there = check_place(); !there) return std::unexpected(std::move(there).error());
        return answer;
    }

    // Puts the disc in. Errc::not_found when there is no such image, wrong_medium when it is no plain file,
    // invalid when the label can't be one or the file is not directly in image_dir.
    [[nodiscard]] Status load(const DiscToLoad& disc);
    // Puts an empty image in: the one of this name, or one that it makes, durable. Errc::exists when the name
    // is taken by something else; no_medium when image_dir holds as many images as `blanks` allows.
    [[nodiscard]] Status load_blank(const std::string& label);
    // Whether one more may be made, or is there and empty.
    [[nodiscard]] bool has_blanks() const;
    void unload() { loaded_.clear(); }
    // The image in the drive; empty = none.
    [[nodiscard]] const std::string& loaded() const { return loaded_; }
    // What it plays.
    [[nodiscard]] const std::string& medium() const { return medium_; }

  private:
    [[nodiscard]] std::string image_path(const std::string& label) const;
    enum class Count : std::uint8_t { all, written };
    [[nodiscard]] Result<unsigned> count_images(Count count) const;
    [[nodiscard]] Status check_blanks_left() const;
    [[nodiscard]] Result<UniqueFd> make_image(const std::string& path) const;

    const DriveConfig config_;
    const std::function<Status()> check_place_;
    std::string loaded_;
    std::string medium_;
};

}  // namespace burnbox
