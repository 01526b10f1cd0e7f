#include "burner/media/session_blocks.hpp"

#include <algorithm>
#include <memory>

#include "burner/media/disc_blocks.hpp"

namespace burnbox {
namespace {

struct FreeToc {
    void operator()(burn::isoburn_toc_disc* toc) const { burn::isoburn_toc_disc_free(toc); }
};

// Of the first track of the disc session.
std::uint32_t start_of(burn::isoburn_toc_session* session) {
    int tracks = 0;
    burn::isoburn_toc_track** all = burn::isoburn_toc_session_get_tracks(session, &tracks);
    if (all == nullptr || tracks < 1) return 0;
    burn::burn_toc_entry entry{};
    burn::isoburn_toc_track_get_entry(all[0], &entry);
    return (entry.extensions_valid & 1U) != 0 && entry.start_lba > 0
               ? static_cast<std::uint32_t>(entry.start_lba)
               : 0;
}

std::uint32_t end_of(burn::isoburn_toc_session* session) {
    burn::burn_toc_entry entry{};
    burn::isoburn_toc_session_get_leadout_entry(session, &entry);
    return (entry.extensions_valid & 1U) != 0 && entry.start_lba > 0
               ? static_cast<std::uint32_t>(entry.start_lba)
               : 0;
}

}  // namespace

Result<SessionBlocks> SessionBlocks::of(OpenedDisc& disc, unsigned disc_session) {
    const std::unique_ptr<burn::isoburn_toc_disc, FreeToc> toc(
        burn::isoburn_toc_drive_get_disc(disc.drive()));
    int count = 0;
    burn::isoburn_toc_session** all = toc ? burn::isoburn_toc_disc_get_sessions(toc.get(), &count) : nullptr;
    if (all == nullptr || disc_session == 0 || disc_session > static_cast<unsigned>(std::max(count, 0)))
        return fail(Errc::wrong_medium, "read disc session " + std::to_string(disc_session) + " of " +
                                            disc.device().path + ": its table of contents does not have it");
    SessionBlocks blocks(disc);
    blocks.start_lba_ = start_of(all[disc_session - 1]);
    blocks.end_lba_ = end_of(all[disc_session - 1]);
    if (blocks.end_lba_ <= blocks.start_lba_) blocks.end_lba_ = UINT32_MAX;  // the drive does not say
    if (disc.image() != nullptr) {
        BB_TRY(const std::uint64_t size, disc.image()->size_bytes());
        blocks.end_lba_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(size / kBlockBytes, UINT32_MAX));
    }
    return blocks;
}

Status SessionBlocks::read(std::uint32_t lba, std::span<std::byte> buffer) {
    const std::uint32_t alignment = read_alignment_blocks(*disc_);
    const std::uint32_t before = lba % alignment;
    const auto blocks = static_cast<std::uint32_t>(buffer.size() / kBlockBytes);
    const std::uint32_t all = (before + blocks + alignment - 1) / alignment * alignment;
    if (memory_.bytes().size() < all * kBlockBytes) memory_ = PageMemory(all * kBlockBytes);
    const std::span<std::byte> bytes = memory_.bytes().first(all * kBlockBytes);
    if (Status read = read_blocks(*disc_, lba - before, bytes); !read) {
        if (judges_the_disc(read.error())) disc_->messages().forget();
        return read;
    }
    std::ranges::copy(bytes.subspan(before * kBlockBytes, buffer.size()), buffer.begin());
    return {};
}

}  // namespace burnbox
