#include "burner/media/disc_blocks.hpp"

#include <algorithm>

namespace burnbox {

std::uint32_t read_alignment_blocks(OpenedDisc& disc) {
    constexpr auto kImageAlignment = static_cast<std::uint32_t>(ImageFile::kDirectBytes / kSectorBytes);
    return disc.image() != nullptr ? kImageAlignment : 1;
}

bool drive_or_disc_is_gone(const Error& error) {
    return drive_is_lost(error) || error.code == Errc::no_medium;
}

Status read_blocks(OpenedDisc& disc, std::uint32_t lba, std::span<std::byte> buffer) {
    const std::uint64_t offset = lba * kSectorBytes;
    if (disc.image() != nullptr) {
        BB_TRY(const std::size_t got, disc.image()->read_past_cache(buffer, offset));
        if (got + kSectorBytes >= buffer.size()) {  // the last block may be there for the alignment only
            std::ranges::fill(buffer.subspan(got), std::byte{0});
            return {};
        }
        return fail(Errc::corrupt,
                    "read block " + std::to_string(lba + got / kSectorBytes) + ": the image ends there");
    }
    off_t got = 0;
    const int result =
        burn::burn_read_data(disc.drive(), static_cast<off_t>(offset), reinterpret_cast<char*>(buffer.data()),
                             static_cast<off_t>(buffer.size()), &got, 0);
    if (result > 0 && got == static_cast<off_t>(buffer.size())) return {};
    disc.messages().drain();
    const Errc code = disc.messages().failure_code();
    if (code != Errc::io) return fail(code, "read " + disc.device().path + ": " + disc.messages().failure());
    return fail(Errc::io, "read block " +
                              std::to_string(lba + static_cast<std::uint64_t>(got) / kSectorBytes) +
                              ": the drive can't read it");
}

}  // namespace burnbox
