#include "burner/media/content_reader.hpp"

#include <algorithm>
#include <utility>

#include "burner/drive/drive.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kWindowBlocks = 1024;  // 2 MiB
constexpr std::uint32_t kMostGapBlocks = 32;   // read through instead of seeking
constexpr std::size_t kBuffers = 4;

}  // namespace

std::vector<Extent> to_extents(std::size_t file, std::span<const TreeExtent> extents) {
    std::vector<Extent> all;
    all.reserve(extents.size());
    for (const TreeExtent& extent : extents) all.push_back({file, extent.lba, extent.bytes});
    return all;
}

ContentReader::ContentReader(const std::vector<Extent>& extents, std::uint32_t alignment_blocks,
                             ReadBlocks read)
    : alignment_blocks_(alignment_blocks), read_(std::move(read)), buffers_(kBuffers) {
    for (Buffer& buffer : buffers_) buffer.memory = PageMemory(kWindowBlocks * kSectorBytes);
    lay_out(extents);
    thread_ = std::jthread([this](const std::stop_token& stop) { read_ahead(stop); });
}

ContentReader::~ContentReader() = default;

std::uint64_t ContentReader::add_slice(std::size_t file, std::uint32_t lba, std::uint64_t bytes) {
    const bool joins = !windows_.empty() && lba >= windows_.back().lba + windows_.back().blocks &&
                       lba - (windows_.back().lba + windows_.back().blocks) <= kMostGapBlocks &&
                       lba - windows_.back().lba < kWindowBlocks;
    if (!joins) windows_.push_back({lba - lba % alignment_blocks_, 0});
    Window& window = windows_.back();
    const std::uint32_t before = lba - window.lba;
    const std::uint64_t part = std::min<std::uint64_t>(bytes, (kWindowBlocks - before) * kSectorBytes);
    window.blocks = before + static_cast<std::uint32_t>((part + kSectorBytes - 1) / kSectorBytes);
    slices_.push_back({file, windows_.size() - 1, static_cast<std::size_t>(before * kSectorBytes),
                       static_cast<std::size_t>(part)});
    return part;
}

void ContentReader::lay_out(const std::vector<Extent>& extents) {
    for (const Extent& extent : extents) {
        for (std::uint64_t done = 0; done < extent.bytes;)
            done += add_slice(extent.file, extent.lba + static_cast<std::uint32_t>(done / kSectorBytes),
                              extent.bytes - done);
    }
}

void ContentReader::read_ahead(const std::stop_token& stop) {
    for (std::size_t i = 0; i < windows_.size() && !stop.stop_requested(); ++i) {
        Buffer& buffer = buffers_[i % kBuffers];
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return !buffer.full; })) return;
        }
        const std::uint32_t blocks =
            (windows_[i].blocks + alignment_blocks_ - 1) / alignment_blocks_ * alignment_blocks_;
        Status status = read_(windows_[i].lba, buffer.memory.bytes().first(blocks * kSectorBytes));
        const std::scoped_lock lock(mutex_);
        buffer.window = i;
        buffer.status = std::move(status);
        buffer.full = true;
        changed_.notify_all();
    }
}

Result<ContentReader::Piece> ContentReader::next() {
    const Slice slice = slices_[next_slice_];
    Buffer& buffer = buffers_[slice.window % kBuffers];
    {
        std::unique_lock lock(mutex_);
        if (next_slice_ > 0 && slices_[next_slice_ - 1].window != slice.window) {
            buffers_[slices_[next_slice_ - 1].window % kBuffers].full = false;  // its pieces were used
            changed_.notify_all();
        }
        changed_.wait(lock, [&] { return buffer.full && buffer.window == slice.window; });
    }
    ++next_slice_;
    if (!buffer.status) return std::unexpected(buffer.status.error());
    return Piece{slice.file, buffer.memory.bytes().subspan(slice.offset, slice.bytes)};
}

}  // namespace burnbox
