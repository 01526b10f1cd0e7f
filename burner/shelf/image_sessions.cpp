#include "burner/shelf/image_sessions.hpp"

#include <utility>

#include "burner/media/iso_head.hpp"
#include "burner/media/medium_profile.hpp"
#include "burner/read/disc_sessions.hpp"
#include "burner/read/read_tree.hpp"

namespace burnbox {
namespace {

// False: what its descriptors say can't be read. Errors say nothing about the image.
Result<bool> has_readable_tree(BlockSource& blocks, std::uint32_t start_lba) {
    const auto tree = read_tree(blocks, start_lba);
    if (tree) return true;
    const Errc code = tree.error().code;
    if (judges_the_disc(tree.error()) || code == Errc::not_found || code == Errc::limit) return false;
    return std::unexpected(tree.error());
}

}  // namespace

std::uint32_t ImageSession::next_lba() const {
    return (end_lba + kImageHeadBlocks - 1) / kImageHeadBlocks * kImageHeadBlocks;
}

std::uint32_t ImageSessions::next_lba() const {
    return whole.empty() ? kImageHeadBlocks : whole.back().next_lba();
}

Result<ImageSessions> sessions_on(const ImageFile& image, const DiscIdentity& disc) {
    BB_TRY(FileBlocks blocks, FileBlocks::of(image.fd()));
    BB_TRY(const DiscSessions found, find_disc_sessions(blocks, SessionDepth::descriptors));
    ImageSessions sessions;
    std::size_t others = 0;
    std::uint32_t another_disc_at = 0;
    for (const DiscSession& one : found.all) {
        if (one.label != disc.label || one.serial != disc.serial) {
            if (one.whole()) another_disc_at = one.start_lba;
            continue;
        }
        BB_TRY(std::string head, image.head_at(one.start_lba));
        const bool follows = others == 0 && one.start_lba == sessions.next_lba();
        if (follows && one.whole() && copy_for_block_zero(head, one.start_lba))
            sessions.whole.push_back({one.start_lba, one.end_lba, std::move(head)});
        else
            others += follows ? 1 : 2;
    }
    sessions.unclear = others > 1;
    sessions.followed_by_another_disc = another_disc_at >= sessions.next_lba();
    // Each of the others has one behind it, which was begun when they were whole.
    if (sessions.whole.empty()) return sessions;
    BB_TRY(const bool readable, has_readable_tree(blocks, sessions.whole.back().start_lba));
    if (!readable) sessions.whole.pop_back();
    return sessions;
}

}  // namespace burnbox
