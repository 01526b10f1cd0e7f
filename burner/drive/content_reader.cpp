#include "burner/drive/content_reader.hpp"

#include <algorithm>
#include <utility>

#include "burner/drive/drive.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kWindowBlocks = 1024;  // 2 MiB
constexpr std::uint32_t kMostGapBlocks = 32;   // read through instead of seeking
constexpr std::size_t kBuffers = 4;

}  // namespace

ContentReader::ContentReader(const std::vector<Extent>& extents, ReadBlocks read)
    : read_(std::move(read)), buffers_(kBuffers) {
    lay_out(extents);
    thread_ = std::jthread([this](const std::stop_token& stop) { read_ahead(stop); });
}

ContentReader::~ContentReader() = default;

void ContentReader::add_slice(std::size_t file, std::uint32_t lba, std::size_t bytes) {
    const auto blocks = static_cast<std::uint32_t>((bytes + kSectorBytes - 1) / kSectorBytes);
    if (!windows_.empty()) {
        Window& last = windows_.back();
        const std::uint32_t end = last.lba + last.blocks;
        if (lba >= end && lba - end <= kMostGapBlocks && lba + blocks - last.lba <= kWindowBlocks) {
            last.blocks = lba + blocks - last.lba;
            slices_.push_back({file, windows_.size() - 1, (lba - last.lba) * kSectorBytes, bytes});
            return;
        }
    }
    windows_.push_back({lba, blocks});
    slices_.push_back({file, windows_.size() - 1, 0, bytes});
}

void ContentReader::lay_out(const std::vector<Extent>& extents) {
    for (const Extent& extent : extents) {
        std::uint32_t lba = extent.lba;
        for (std::uint64_t left = extent.bytes; left > 0;) {
            const std::uint64_t part = std::min<std::uint64_t>(left, kWindowBlocks * kSectorBytes);
            add_slice(extent.file, lba, static_cast<std::size_t>(part));
            lba += kWindowBlocks;
            left -= part;
        }
    }
}

void ContentReader::read_ahead(const std::stop_token& stop) {
    for (std::size_t i = 0; i < windows_.size() && !stop.stop_requested(); ++i) {
        Buffer& buffer = buffers_[i % kBuffers];
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return !buffer.full; })) return;
        }
        buffer.bytes.resize(windows_[i].blocks * kSectorBytes);
        Status status = read_(windows_[i].lba, buffer.bytes);
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
    return Piece{slice.file, std::span(buffer.bytes).subspan(slice.offset, slice.bytes)};
}

}  // namespace burnbox
