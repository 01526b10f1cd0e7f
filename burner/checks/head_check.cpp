#include "burner/checks/head_check.hpp"

#include <algorithm>
#include <ranges>

#include "burner/media/iso_head.hpp"
#include "burner/read/disc_sessions.hpp"
#include "burner/shelf/image_sessions.hpp"

namespace burnbox {
namespace {

// The usual case, without reading a tree: the last descriptors on the image are those of a whole disc
// session.
Result<bool> is_of_last_descriptors(const ImageFile& image, const DiscIdentity& disc,
                                    const std::string& head) {
    BB_TRY(FileBlocks blocks, FileBlocks::of(image.fd()));
    BB_TRY(const DiscSessions found, find_disc_sessions(blocks, SessionDepth::descriptors));
    for (const DiscSession& one : found.all | std::views::reverse) {
        if (one.label != disc.label || one.serial != disc.serial) continue;
        BB_TRY(const std::string own, image.head_at(one.start_lba));
        return one.whole() && copy_for_block_zero(own, one.start_lba) == head;
    }
    return false;
}

// What is damaged is only where readers begin: told where to begin they find all that is on the disc.
std::string difference(const std::string& head, const std::string& made, std::size_t disc_session,
                       std::uint32_t start_lba) {
    const auto differs = std::ranges::mismatch(head, made);
    const auto block =
        static_cast<std::size_t>(differs.in2 - made.begin()) / static_cast<std::size_t>(kSectorBytes);
    return "blocks 0 to 31, which readers begin with, are no copy of the head of disc session " +
           std::to_string(disc_session) + ": they differ from block " + std::to_string(block) +
           " on; restore the image from a copy. What was burned can be read without them, with mount -o "
           "ro,loop,sbsector=" +
           std::to_string(start_lba) + " or xorriso -load sbsector " + std::to_string(start_lba) + " -indev";
}

}  // namespace

Status check_head(const ImageFile& image, const DiscIdentity& disc, Mismatches& mismatches) {
    BB_TRY(const std::string head, image.head_at(0));
    BB_TRY(const bool usual, is_of_last_descriptors(image, disc, head));
    if (usual) return {};
    BB_TRY(const ImageSessions found, sessions_on(image, disc));
    if (found.whole.empty()) {
        mismatches.add("", "no disc session that is whole is found on the image; restore it from a copy");
        return {};
    }
    const ImageSession& newest = found.whole.back();
    const auto made = copy_for_block_zero(newest.head, newest.start_lba);
    if (made && head != *made)
        mismatches.add("", difference(head, *made, found.whole.size(), newest.start_lba));
    return {};
}

}  // namespace burnbox
