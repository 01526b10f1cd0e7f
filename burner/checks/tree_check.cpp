#include "burner/checks/tree_check.hpp"

#include "burner/media/content_reader.hpp"
#include "burner/media/disc_blocks.hpp"

namespace burnbox {

Status check_tree(OpenedDisc& disc, const TreeArea& tree, Mismatches& mismatches) {
    ContentReader reader(
        {{0, tree.start_lba, tree.blocks * kSectorBytes}}, read_alignment_blocks(disc),
        [&disc](std::uint32_t lba, std::span<std::byte> buffer) { return read_blocks(disc, lba, buffer); });
    Sha256Hasher hasher;
    bool readable = true;
    while (!reader.at_end()) {
        const auto piece = reader.next();
        if (piece) {
            hasher.update(piece->data);
        } else if (drive_or_disc_is_gone(piece.error())) {
            return std::unexpected(piece.error());
        } else {
            mismatches.add("", "descriptors and folders: " + piece.error().message);
            readable = false;
        }
    }
    const Sha256 digest = hasher.finish();
    if (readable && digest != tree.sha256)
        mismatches.add("", "descriptors and folders (blocks " + std::to_string(tree.start_lba) + " to " +
                               std::to_string(tree.start_lba + tree.blocks - 1) + ") have SHA-256 " +
                               digest.hex() + ", burned was " + tree.sha256.hex());
    return {};
}

}  // namespace burnbox
