#include "burner/media/image_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "burner/media/iso_head.hpp"

namespace burnbox {

bool is_closed(const struct ::stat& image) {
    return (image.st_mode & 0222U) == 0;
}

Result<ImageFile> ImageFile::open(const std::string& path, Access access) {
    const bool write = access == Access::write;
    UniqueFd fd(::open(path.c_str(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd) return fail_errno("open disc image", path);
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return fail_errno("stat disc image", path);
    if (!S_ISREG(info.st_mode))
        return fail(Errc::wrong_medium, "open disc image " + path + ": it is no plain file");
    if (::flock(fd.get(), (write ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(Errc::busy,
                        "open disc image " + path + ": another process uses it; it is tried again");
        return fail_errno("lock disc image", path);
    }
    return ImageFile(path, std::move(fd));
}

Result<bool> ImageFile::closed() const {
    struct stat info{};
    if (::fstat(fd_.get(), &info) != 0) return fail_errno("stat disc image", path_);
    return is_closed(info);
}

Status ImageFile::close_disc() {
    if (::fchmod(fd_.get(), 0444) != 0) return fail_errno("close disc image", path_);
    return sync();
}

Result<std::uint64_t> ImageFile::size_bytes() const {
    struct stat info{};
    if (::fstat(fd_.get(), &info) != 0) return fail_errno("stat disc image", path_);
    return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> ImageFile::read_from(int fd, std::span<std::byte> buffer, std::uint64_t offset) const {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const ssize_t got =
            ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("read", path_ + " at " + std::to_string(offset + done));
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::size_t> ImageFile::read_at(std::span<std::byte> buffer, std::uint64_t offset) const {
    return read_from(fd_.get(), buffer, offset);
}

Result<std::size_t> ImageFile::read_past_cache(std::span<std::byte> buffer, std::uint64_t offset) {
    if (direct_fd_) {
        auto got = read_from(direct_fd_.get(), buffer, offset);
        if (got || got.error().sys_errno != EINVAL) return got;
        direct_fd_.reset();  // the file system takes the flag, but not this alignment
    }
    return read_at(buffer, offset);
}

Result<std::string> ImageFile::head_at(std::uint32_t lba) const {
    std::string head(kHeadBytes, '\0');
    BB_TRY(const std::size_t got, read_at(std::as_writable_bytes(std::span(head)), lba * kSectorBytes));
    head.resize(got);
    return head;
}

Status ImageFile::write_at(std::string_view data, std::uint64_t offset) {
    while (!data.empty()) {
        const ssize_t put = ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail_errno("write", path_ + " at " + std::to_string(offset));
        data.remove_prefix(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return {};
}

Status ImageFile::cut_to(std::uint64_t size_bytes) {
    BB_TRY(const std::uint64_t size, this->size_bytes());
    if (size <= size_bytes) return {};
    if (::ftruncate(fd_.get(), static_cast<off_t>(size_bytes)) != 0)
        return fail_errno("cut disc image", path_);
    return sync();
}

Status ImageFile::sync() {
    if (::fsync(fd_.get()) != 0) return fail_errno("sync disc image", path_);
    return {};
}

Status ImageFile::sync_and_forget() {
    BB_CHECK(sync());
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED);                           // a hint
    direct_fd_.reset(::open(open_path().c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT));  // may fail
    return {};
}

}  // namespace burnbox
