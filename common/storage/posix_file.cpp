#include "common/storage/posix_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/base/time_range.hpp"

namespace burnbox::posix {
namespace {

Timestamp to_timestamp(const timespec& time) {
    return clamp_time(time.tv_sec, time.tv_nsec);
}

class PosixFile final : public File {
  public:
    PosixFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override {
        ssize_t got = 0;
        do got = ::pread(fd_.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
        while (got < 0 && errno == EINTR);
        if (got < 0) return fail_errno("read", at(offset));
        return static_cast<std::size_t>(got);
    }

    Status write_at(std::span<const std::byte> data, std::uint64_t offset) override {
        while (!data.empty()) {
            const ssize_t put = ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return fail_errno("write", at(offset));
            if (put == 0) return fail_errno("write", at(offset), EIO);
            data = data.subspan(static_cast<std::size_t>(put));
            offset += static_cast<std::uint64_t>(put);
        }
        return {};
    }

    Status truncate(std::uint64_t size_bytes) override {
        if (::ftruncate(fd_.get(), static_cast<off_t>(size_bytes)) != 0) return fail_errno("truncate", path_);
        return {};
    }

    Result<FileInfo> info() override {
        struct stat facts{};
        if (::fstat(fd_.get(), &facts) != 0) return fail_errno("stat", path_);
        return to_file_info(facts);
    }

    Status set_mode(std::uint32_t mode) override {
        if (::fchmod(fd_.get(), mode & 07777U) != 0) return fail_errno("set mode of", path_);
        return {};
    }

    Status set_times(Timestamp atime, Timestamp mtime) override {
        const timespec times[2] = {to_timespec(atime), to_timespec(mtime)};
        if (::futimens(fd_.get(), times) != 0) return fail_errno("set times of", path_);
        return {};
    }

    Status sync() override {
        if (::fsync(fd_.get()) != 0) return fail_errno("fsync", path_);
        return {};
    }

    Status share_blocks_of(File& other) override {
        const auto* const source = dynamic_cast<const PosixFile*>(&other);
        if (source != nullptr && ::ioctl(fd_.get(), FICLONE, source->fd_.get()) == 0) return {};
        return File::share_blocks_of(other);
    }

    void start_writeback(std::uint64_t offset, std::uint64_t length) override {
        (void)::sync_file_range(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(length),
                                SYNC_FILE_RANGE_WRITE);
    }

    void reserve(std::uint64_t offset, std::uint64_t length) override {
        (void)::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                          static_cast<off_t>(length));
    }

  private:
    [[nodiscard]] std::string at(std::uint64_t offset) const {
        return fmt::format("{} at {}", path_, offset);
    }

    UniqueFd fd_;
    std::string path_;
};

class PosixFolder final : public Folder {
  public:
    PosixFolder(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    Result<std::vector<DirEntry>> next(std::size_t most) override {
        std::vector<DirEntry> entries;
        while (entries.size() < most) {
            if (begin_ == end_) {
                BB_CHECK(fill());
                if (end_ == 0) break;
            }
            take(entries);
        }
        return entries;
    }

  private:
    // Reads the next block of records; end_ = 0 at the folder's end.
    Status fill() {
        if (!buffer_) buffer_ = std::make_unique<Buffer>();
        const ssize_t got = ::getdents64(fd_.get(), buffer_->bytes.data(), buffer_->bytes.size());
        if (got < 0) return fail_errno("read folder", path_);
        begin_ = 0;
        end_ = static_cast<std::size_t>(got);
        return {};
    }

    // Takes one record out of the block (getdents(2)); "." and ".." are passed over.
    void take(std::vector<DirEntry>& entries) {
        const char* const record = buffer_->bytes.data() + begin_;
        unsigned short length = 0;
        std::memcpy(&length, record + offsetof(dirent64, d_reclen), sizeof length);
        const auto type = static_cast<unsigned char>(record[offsetof(dirent64, d_type)]);
        const std::string_view name(record + offsetof(dirent64, d_name));
        begin_ += length;
        if (name == "." || name == "..") return;
        entries.push_back({std::string(name), type_of(name, type)});
    }

    [[nodiscard]] FileType type_of(std::string_view name, unsigned char type) const {
        switch (type) {
            case DT_REG:
                return FileType::file;
            case DT_DIR:
                return FileType::folder;
            case DT_LNK:
                return FileType::symlink;
            case DT_UNKNOWN:
                break;  // some file systems leave it to stat
            default:
                return FileType::other;
        }
        struct stat facts{};
        if (::fstatat(fd_.get(), name.data(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return FileType::other;
        return file_type(facts.st_mode);
    }

    struct Buffer {
        alignas(dirent64) std::array<char, 65536> bytes;
    };
    UniqueFd fd_;
    std::string path_;
    std::unique_ptr<Buffer> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace

FileType file_type(mode_t mode) {
    if (S_ISREG(mode)) return FileType::file;
    if (S_ISDIR(mode)) return FileType::folder;
    if (S_ISLNK(mode)) return FileType::symlink;
    return FileType::other;
}

FileInfo to_file_info(const struct stat& facts) {
    return {
        .type = file_type(facts.st_mode),
        .size_bytes = static_cast<std::uint64_t>(facts.st_size),
        .mode = facts.st_mode & 07777U,
        .uid = facts.st_uid,
        .gid = facts.st_gid,
        .links = static_cast<std::uint32_t>(facts.st_nlink),
        .inode = facts.st_ino,
        .device = facts.st_dev,
        .atime = to_timestamp(facts.st_atim),
        .mtime = to_timestamp(facts.st_mtim),
        .ctime = to_timestamp(facts.st_ctim),
    };
}

timespec to_timespec(Timestamp time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {.tv_sec = seconds.time_since_epoch().count(), .tv_nsec = (time - seconds).count()};
}

std::unique_ptr<File> make_file(UniqueFd fd, std::string path) {
    return std::make_unique<PosixFile>(std::move(fd), std::move(path));
}

std::unique_ptr<Folder> make_folder(UniqueFd fd, std::string path) {
    return std::make_unique<PosixFolder>(std::move(fd), std::move(path));
}

}  // namespace burnbox::posix
