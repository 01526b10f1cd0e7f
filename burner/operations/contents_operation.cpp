// What a disc holds beyond what is known of it: its later disc sessions, each with the sessions it brought.
#include <algorithm>
#include <span>

#include "burner/media/disc_blocks.hpp"
#include "burner/media/opened_disc.hpp"
#include "burner/operations/disc_operations.hpp"
#include "burner/operations/found_disc_session.hpp"
#include "burner/read/read_tree.hpp"
#include "burner/shelf/image_sessions.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostTagFileBytes = 1ULL << 30U;

std::vector<ManifestEntry> listing_of(const ReadTree& tree) {
    std::vector<ManifestEntry> entries;
    entries.reserve(tree.size());
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        entries.push_back({.path = tree.path(node),
                           .type = node.type,
                           .mode = node.mode,
                           .mtime = Timestamp(std::chrono::seconds(node.mtime)),
                           .size_bytes = node.type == FileType::file ? node.size_bytes : 0,
                           .link_target = std::string(tree.link_target(node))});
    }
    std::ranges::sort(entries, {}, &ManifestEntry::path);
    return entries;
}

Result<std::string> read_file_of(OpenedDisc& disc, const ReadTree& tree, const std::string& path) {
    const TreeNode* const node = tree.find(path);
    if (node == nullptr || node->type != FileType::file || node->size_bytes > kMostTagFileBytes)
        return fail(Errc::corrupt, "read " + path + ": it is no file of the disc session");
    std::string content;
    for (const TreeExtent& extent : tree.extents(*node)) {
        // Extents hold whole blocks but for the last one.
        std::string part((extent.bytes + kSectorBytes - 1) / kSectorBytes * kSectorBytes, '\0');
        BB_CHECK(read_blocks(disc, extent.lba, std::as_writable_bytes(std::span(part))));
        content.append(part, 0, extent.bytes);
    }
    return content;
}

class DiscBlocks final : public BlockSource {
  public:
    DiscBlocks(OpenedDisc& disc, std::uint32_t end_lba) : disc_(disc), end_lba_(end_lba) {}
    Status read(std::uint32_t lba, std::span<std::byte> buffer) override {
        return read_blocks(disc_, lba, buffer);
    }
    [[nodiscard]] std::uint32_t end_lba() const override { return end_lba_; }

  private:
    OpenedDisc& disc_;
    const std::uint32_t end_lba_;
};

// Where each disc session of a real disc begins.
std::vector<std::uint32_t> starts_on_medium(OpenedDisc& disc) {
    std::vector<std::uint32_t> starts;
    burn::isoburn_toc_disc* toc = burn::isoburn_toc_drive_get_disc(disc.drive());
    if (toc == nullptr) return starts;
    int sessions = 0;
    burn::isoburn_toc_session** list = burn::isoburn_toc_disc_get_sessions(toc, &sessions);
    for (int i = 0; i < sessions; ++i) {
        int tracks = 0;
        burn::isoburn_toc_track** of_session = burn::isoburn_toc_session_get_tracks(list[i], &tracks);
        burn::burn_toc_entry entry{};
        if (tracks > 0) burn::isoburn_toc_track_get_entry(of_session[0], &entry);
        if (tracks <= 0 || (entry.extensions_valid & 1) == 0 || entry.start_lba < 0) break;
        starts.push_back(static_cast<std::uint32_t>(entry.start_lba));
    }
    burn::isoburn_toc_disc_free(toc);
    return starts;
}

Result<std::vector<std::uint32_t>> starts_on(OpenedDisc& disc, const DiscIdentity& identity) {
    if (disc.image() == nullptr) return starts_on_medium(disc);
    BB_TRY(const ImageSessions sessions, sessions_on(*disc.image(), identity));
    std::vector<std::uint32_t> starts;
    for (const ImageSession& session : sessions.whole) starts.push_back(session.start_lba);
    return starts;
}

std::uint32_t end_of(OpenedDisc& disc, const Medium& medium) {
    if (disc.image() == nullptr)
        return std::max(medium.next_lba, static_cast<std::uint32_t>(medium.capacity_bytes / kSectorBytes));
    return static_cast<std::uint32_t>(disc.image()->size_bytes().value_or(0) / kSectorBytes);
}

}  // namespace

Result<std::vector<FoundDiscSession>> contents_of_disc(const Device& device, const DiscIdentity& identity,
                                                       unsigned known) {
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    BB_TRY(const Medium medium, disc->medium());
    BB_CHECK(check_same_disc(medium, identity));
    BB_TRY(const auto starts, starts_on(*disc, identity));
    if (starts.size() < medium.sessions_used)
        return fail(Errc::corrupt, "list what is on disc " + identity.label + ": of " +
                                       std::to_string(medium.sessions_used) + " disc sessions " +
                                       std::to_string(starts.size()) + " can be found");
    DiscBlocks blocks(*disc, end_of(*disc, medium));
    std::vector<FoundDiscSession> found;
    std::vector<ManifestEntry> older;
    for (unsigned number = std::max(known, 1U); number <= medium.sessions_used; ++number) {
        BB_TRY(const ReadTree tree, read_tree(blocks, starts[number - 1]));
        std::vector<ManifestEntry> newer = listing_of(tree);
        if (number > known) {
            const auto read = [&](const std::string& path) { return read_file_of(*disc, tree, path); };
            found.push_back(found_disc_session(number, older, newer, read));
            found.back().start_lba = starts[number - 1];
            found.back().blocks = tree.volume().primary.blocks;
        }
        older = std::move(newer);
    }
    return found;
}

}  // namespace burnbox
