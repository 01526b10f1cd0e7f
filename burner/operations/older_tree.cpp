#include "burner/operations/older_tree.hpp"

#include <algorithm>
#include <utility>

#include "burner/media/disc_blocks.hpp"
#include "burner/media/iso_head.hpp"

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

// What can't be read of it is missing in it: the next disc session shows whether that matters.
Result<std::optional<ReadTree>> read_newest(BlockSource& source, std::uint32_t start_lba) {
    Mismatches faults;
    const auto unreadable = [](const Error& error) -> Result<std::optional<ReadTree>> {
        if (!judges_the_disc(error) && error.code != Errc::not_found && error.code != Errc::limit)
            return std::unexpected(error);
        return fail(Errc::disproved, "what the disc holds can't be read as it is: " + error.message);
    };
    const auto volume = read_volume(source, start_lba, faults);
    if (!volume) return unreadable(volume.error());
    auto tree = read_tree(source, *volume, faults);
    if (!tree) return unreadable(tree.error());
    return std::optional(std::move(*tree));
}

Result<std::optional<ReadTree>> read_drive(OpenedDisc& disc, int start_lba) {
    int blocks = 0;
    std::string head(kHeadBytes, '\0');
    if (burn::isoburn_read_iso_head(disc.drive(), start_lba, &blocks, head.data(), 2) <= 0 || blocks <= 0)
        return fail(Errc::io, "read the disc's tree: libisoburn does not find where it ends");
    const auto start = static_cast<std::uint32_t>(start_lba);
    DriveBlocks source(disc, start, start + static_cast<std::uint32_t>(blocks));
    return read_newest(source, start);
}

}  // namespace

OlderTree::OlderTree(OpenedDisc& disc, const Medium& medium) {
    if (medium.sessions_used == 0) return;
    int start = 0;
    if (burn::isoburn_disc_get_msc1(disc.drive(), &start) <= 0 || start < 0) {
        tree_ = fail(Errc::io, "read the disc's tree: libisoburn does not say where it is");
    } else if (disc.image() == nullptr) {
        tree_ = read_drive(disc, start);
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
    older->tree_ = source ? read_newest(*source, older->start_lba_)
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
