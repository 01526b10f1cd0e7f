#include "burner/checks/readme_check.hpp"

#include "burner/media/content_reader.hpp"
#include "burner/media/disc_blocks.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostBytes = 1U << 20U;

// "Disc LABEL", "Serial UUID".
std::string first_lines(const DiscIdentity& identity) {
    const std::string text = disc_readme(identity.label, identity.serial);
    return text.substr(0, text.find('\n', text.find('\n') + 1) + 1);
}

Result<std::string> read_text(OpenedDisc& disc, const std::vector<Extent>& extents) {
    ContentReader reader(
        extents, read_alignment_blocks(disc),
        [&disc](std::uint32_t lba, std::span<std::byte> buffer) { return read_blocks(disc, lba, buffer); });
    std::string text;
    while (!reader.at_end()) {
        BB_TRY(const ContentReader::Piece piece, reader.next());
        text.append(reinterpret_cast<const char*>(piece.data.data()), piece.data.size());
    }
    return text;
}

}  // namespace

Status check_older_readme(OpenedDisc& disc, const ReadTree& tree, const DiscIdentity& identity,
                          Mismatches& mismatches) {
    const std::string name(kReadmeName);
    const TreeNode* node = tree.find(name);
    if (node == nullptr || node->type != FileType::file || node->size_bytes > kMostBytes) {
        mismatches.add(name, "it is not on the disc");
        return {};
    }
    const auto text = read_text(disc, to_extents(0, tree.extents(*node)));
    if (!text) {
        const Errc code = text.error().code;
        if (code == Errc::unreachable || code == Errc::no_medium) return std::unexpected(text.error());
        mismatches.add(name, text.error().message);
    } else if (!text->starts_with(first_lines(identity))) {
        mismatches.add(name, "it does not name the disc it is on");
    }
    return {};
}

}  // namespace burnbox
