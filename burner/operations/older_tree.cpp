#include "burner/operations/older_tree.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "burner/media/disc_blocks.hpp"
#include "burner/media/iso_head.hpp"
#include "burner/operations/kept_blocks.hpp"

namespace burnbox {
namespace {

// The blocks of one disc session, which holds its whole tree. Nothing outside is asked for: a drive that
// can't read there says so as if the disc were bad. What lies before it reads as zeros.
class DriveBlocks : public BlockSource {
  public:
    DriveBlocks(OpenedDisc& disc, std::uint32_t start_lba, std::uint32_t end_lba)
        : disc_(disc), start_lba_(start_lba), end_lba_(end_lba) {}
    Status read(std::uint32_t lba, std::span<std::byte> buffer) override {
        const std::uint64_t before = start_lba_ > lba ? (start_lba_ - lba) * kBlockBytes : 0;
        const std::size_t zeros = std::min<std::uint64_t>(before, buffer.size());
        std::ranges::fill(buffer.first(zeros), std::byte{0});
        if (zeros == buffer.size()) return {};
        return read_blocks(disc_, std::max(lba, start_lba_), buffer.subspan(zeros));
    }
    std::uint32_t end_lba() const override { return end_lba_; }

  private:
    OpenedDisc& disc_;
    const std::uint32_t start_lba_;
    const std::uint32_t end_lba_;
};

// Blocks of an area that was read once are kept, so that a drive need not read them again.
class KeptArea : public BlockSource {
  public:
    KeptArea(BlockSource& source, std::uint32_t start_lba, KeptBlocks kept)
        : source_(source), start_lba_(start_lba), kept_(std::move(kept)) {}
    Status read(std::uint32_t lba, std::span<std::byte> buffer) override {
        const std::uint64_t offset = (std::uint64_t{lba} - start_lba_) * kBlockBytes;
        if (lba >= start_lba_ && offset + buffer.size() <= filled_) {
            std::ranges::copy(kept_.bytes().subspan(offset, buffer.size()), buffer.begin());
            return {};
        }
        BB_CHECK(source_.read(lba, buffer));
        if (lba >= start_lba_ && offset == filled_ && offset + buffer.size() <= kept_.bytes().size()) {
            std::ranges::copy(buffer, kept_.bytes().subspan(offset).begin());
            filled_ += buffer.size();
        }
        return {};
    }
    std::uint32_t end_lba() const override { return source_.end_lba(); }

  private:
    BlockSource& source_;
    const std::uint32_t start_lba_;
    KeptBlocks kept_;
    std::uint64_t filled_ = 0;
};

std::unexpected<Error> not_as_burned(const std::string& what) {
    return fail(Errc::wrong_medium, "what is on it is not as it was burned: " + what);
}

// One look at all of its blocks, in their order.
Status check_as_burned(BlockSource& source, const TreeArea& burned) {
    constexpr std::uint32_t kPieceBlocks = 128;
    std::vector<std::byte> piece(kPieceBlocks * kBlockBytes);
    Sha256Hasher hasher;
    for (std::uint32_t done = 0; done < burned.blocks;) {
        const std::uint32_t blocks = std::min(kPieceBlocks, burned.blocks - done);
        const auto bytes = std::span(piece).first(blocks * kBlockBytes);
        BB_CHECK(source.read(burned.start_lba + done, bytes));
        hasher.update(bytes);
        done += blocks;
    }
    const Sha256 digest = hasher.finish();
    if (digest == burned.sha256) return {};
    return not_as_burned("descriptors and folders (blocks " + std::to_string(burned.start_lba) + " to " +
                         std::to_string(burned.start_lba + burned.blocks - 1) + ") have SHA-256 " +
                         digest.hex() + ", burned was " + burned.sha256.hex());
}

// `start_lba`: where its descriptors are read; of an image it may be block 0, which has a copy of them. Of a
// disc session that is as it was burned, what our reader can't take is missing in the tree: the next one
// shows whether that matters. Where nobody knows how it was burned, a fault is damage.
Result<std::optional<ReadTree>> read_newest(BlockSource& source, std::uint32_t start_lba,
                                            const std::optional<TreeArea>& burned) {
    Mismatches faults;
    const auto unreadable = [](const Error& error) -> Result<std::optional<ReadTree>> {
        if (error.code == Errc::limit)
            return fail(Errc::disproved, "what the disc holds can't be read as it is: " + error.message);
        if (!judges_the_disc(error) && error.code != Errc::not_found) return std::unexpected(error);
        return not_as_burned(error.message);
    };
    if (burned)
        if (const Status same = check_as_burned(source, *burned); !same) return unreadable(same.error());
    const auto volume = read_volume(source, start_lba, faults);
    if (!volume) return unreadable(volume.error());
    auto tree = read_tree(source, *volume, faults);
    if (!tree) return unreadable(tree.error());
    if (!burned && !faults.none()) return not_as_burned(faults.texts().front());
    return std::optional(std::move(*tree));
}

Result<std::optional<ReadTree>> read_drive(OpenedDisc& disc, int start_lba,
                                           const std::optional<TreeArea>& burned,
                                           const std::string& spool_folder) {
    int blocks = 0;
    std::string head(kHeadBytes, '\0');
    if (burn::isoburn_read_iso_head(disc.drive(), start_lba, &blocks, head.data(), 2) <= 0 || blocks <= 0)
        return fail(Errc::io, "read the disc's tree: libisoburn does not find where it ends");
    const auto start = static_cast<std::uint32_t>(start_lba);
    DriveBlocks source(disc, start, start + static_cast<std::uint32_t>(blocks));
    if (!burned) return read_newest(source, start, burned);
    if (burned->start_lba != start)
        return not_as_burned("its newest disc session begins at block " + std::to_string(start) +
                             ", burned was " + std::to_string(burned->start_lba));
    BB_TRY(KeptBlocks kept, KeptBlocks::make(burned->blocks * kBlockBytes, spool_folder));
    KeptArea area(source, start, std::move(kept));
    return read_newest(area, start, burned);
}

}  // namespace

OlderTree::OlderTree(OpenedDisc& disc, const Medium& medium, const std::optional<TreeArea>& burned,
                     const std::string& spool_folder)
    : burned_(burned) {
    if (medium.sessions_used == 0) return;
    int start = 0;
    if (burn::isoburn_disc_get_msc1(disc.drive(), &start) <= 0 || start < 0) {
        tree_ = fail(Errc::io, "read the disc's tree: libisoburn does not say where it is");
    } else if (disc.image() == nullptr) {
        tree_ = read_drive(disc, start, burned, spool_folder);
    } else {
        image_fd_ = disc.image()->fd();
        start_lba_ = static_cast<std::uint32_t>(start);
        if (const int error = ::pthread_create(&thread_, nullptr, read_image, this); error != 0)
            tree_ = fail_errno("start a thread for", "the disc's tree", error);
        else
            runs_ = true;
    }
}

void* OlderTree::read_image(void* self) {
    auto* const older = static_cast<OlderTree*>(self);
    auto source = FileBlocks::of(older->image_fd_);
    older->tree_ = source ? read_newest(*source, older->start_lba_, older->burned_)
                          : Result<std::optional<ReadTree>>(std::unexpected(source.error()));
    return nullptr;
}

void OlderTree::join() {
    if (std::exchange(runs_, false)) ::pthread_join(thread_, nullptr);
}

OlderTree::~OlderTree() {
    join();
}

Result<std::optional<ReadTree>> OlderTree::get() {
    join();
    return std::move(tree_);
}

}  // namespace burnbox
