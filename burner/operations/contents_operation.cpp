// What a disc holds beyond what is known of it: its later disc sessions, each with the sessions it brought.
#include <algorithm>
#include <span>

#include "burner/media/disc_blocks.hpp"
#include "burner/media/opened_disc.hpp"
#include "burner/media/session_blocks.hpp"
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

// A disc session, and where reading for it ends.
struct Place {
    std::uint32_t start_lba = 0;
    std::uint32_t end_lba = 0;
};

// As the table of contents has them: of a closed disc the drive says no capacity.
Result<std::vector<Place>> places_on_medium(OpenedDisc& disc, const Medium& medium) {
    std::vector<Place> places;
    for (unsigned number = 1; number <= medium.sessions_used; ++number) {
        BB_TRY(const SessionBlocks blocks, SessionBlocks::of(disc, number));
        if (!places.empty() && blocks.start_lba() <= places.back().start_lba) break;
        places.push_back({blocks.start_lba(), blocks.end_lba()});
    }
    return places;
}

// As they are found on the image itself.
Result<std::vector<Place>> places_on_image(const ImageFile& image, const DiscIdentity& identity) {
    BB_TRY(const ImageSessions sessions, sessions_on(image, identity));
    BB_TRY(const std::uint64_t size, image.size_bytes());
    std::vector<Place> places;
    for (const ImageSession& session : sessions.whole)
        places.push_back({session.start_lba, static_cast<std::uint32_t>(size / kSectorBytes)});
    return places;
}

}  // namespace

Result<std::vector<FoundDiscSession>> contents_of_disc(const Device& device, const DiscIdentity& identity,
                                                       unsigned known) {
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    BB_TRY(const Medium medium, disc->medium());
    BB_CHECK(check_same_disc(medium, identity, disc->kind()));
    BB_TRY(const auto places, disc->image() == nullptr ? places_on_medium(*disc, medium)
                                                       : places_on_image(*disc->image(), identity));
    if (places.size() < medium.sessions_used)
        return fail(Errc::corrupt, "list what is on disc " + identity.label + ": of " +
                                       std::to_string(medium.sessions_used) + " disc sessions " +
                                       std::to_string(places.size()) + " can be found");
    std::vector<FoundDiscSession> found;
    std::vector<ManifestEntry> older;
    for (unsigned number = std::max(known, 1U); number <= medium.sessions_used; ++number) {
        const Place& place = places[number - 1];
        DiscBlocks blocks(*disc, place.end_lba);
        BB_TRY(const ReadTree tree, read_tree(blocks, place.start_lba));
        std::vector<ManifestEntry> newer = listing_of(tree);
        if (number > known) {
            const auto read = [&](const std::string& path) { return read_file_of(*disc, tree, path); };
            found.push_back(found_disc_session(number, older, newer, read));
            found.back().start_lba = place.start_lba;
            found.back().blocks = tree.volume().primary.blocks;
        }
        older = std::move(newer);
    }
    return found;
}

}  // namespace burnbox
