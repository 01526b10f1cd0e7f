#include "burner/read/iso/block_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace burnbox {
namespace {

std::uint32_t blocks_in(std::uint64_t bytes) {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(bytes / kBlockBytes, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

MemoryBlocks::MemoryBlocks(std::span<const std::byte> bytes, std::uint32_t start_lba, std::uint32_t end_lba)
    : bytes_(bytes),
      start_lba_(start_lba),
      end_lba_(end_lba != 0 ? end_lba : start_lba + blocks_in(bytes.size())) {}

Status MemoryBlocks::read(std::uint32_t lba, std::span<std::byte> buffer) {
    const std::uint64_t offset = (std::uint64_t{lba} - start_lba_) * kBlockBytes;
    if (lba < start_lba_ || offset > bytes_.size() || buffer.size() > bytes_.size() - offset)
        return fail(Errc::corrupt, "read block " + std::to_string(lba) + ": it is not there");
    std::memcpy(buffer.data(), bytes_.data() + offset, buffer.size());
    return {};
}

Result<FileBlocks> FileBlocks::of(int fd) {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return fail_errno("stat", "the disc image");
    return FileBlocks(fd, blocks_in(static_cast<std::uint64_t>(info.st_size)));
}

Status FileBlocks::read(std::uint32_t lba, std::span<std::byte> buffer) {
    for (std::size_t done = 0; done < buffer.size();) {
        const std::uint64_t offset = lba * kBlockBytes + done;
        const ssize_t got =
            ::pread(fd_, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        const std::string block = "block " + std::to_string(offset / kBlockBytes);
        if (got < 0) return fail_errno("read", block);
        if (got == 0) return fail(Errc::corrupt, "read " + block + ": the image ends there");
        done += static_cast<std::size_t>(got);
    }
    return {};
}

}  // namespace burnbox
