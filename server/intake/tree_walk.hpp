// Everything below a folder of this machine that other programs change meanwhile: one entry after the other,
// a folder before what is in it, names bytewise. Follows no link and never leaves the folder, whoever renames
// in it; holds the names of the folders on the way down to where it is, nothing more. Threads: one. Blocks.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::intake {

// The order of a walk: as by std::string, but '/' is less than every other character, so that what is in a
// folder stands right behind it.
[[nodiscard]] bool walks_before(std::string_view path, std::string_view other);

class TreeWalk {
  public:
    static constexpr std::size_t kMostDepth = 500;  // folders in each other; each takes a descriptor

    enum class Mounts : std::uint8_t { enter, leave_out };
    [[nodiscard]] static Result<std::unique_ptr<TreeWalk>> open(const std::string& host_root, Mounts mounts);

    struct Entry {
        std::string path;  // relative to the root
        FileInfo info;
        std::string problem;  // why this, or what is in this folder, is left out
    };
    // Valid until the next call; nullptr = the end. A folder that can't be looked into comes a second time,
    // with the problem. What vanishes meanwhile is left out without a word.
    [[nodiscard]] const Entry* next();
    // After a folder: what is in it does not come.
    void skip_folder() { enter_ = false; }

    [[nodiscard]] std::uint64_t root_device() const { return device_; }

  private:
    struct Level {
        UniqueFd fd;
        std::size_t path_bytes = 0;  // of entry_.path: the folder's own
        std::string names;           // each with its NUL
        std::vector<std::uint32_t> order;
        std::size_t at = 0;
    };
    TreeWalk(std::uint64_t device, Mounts mounts) : device_(device), mounts_(mounts) {}

    [[nodiscard]] static Status read_names(Level& level, std::string_view path);
    [[nodiscard]] Status enter_folder();

    const std::uint64_t device_;
    const Mounts mounts_;
    std::vector<Level> levels_;
    Entry entry_;
    bool enter_ = false;  // entry_ is a folder to go into
};

}  // namespace burnbox::intake
