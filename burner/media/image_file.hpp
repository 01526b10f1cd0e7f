// An emulated disc's image as a file: one writer at a time by flock, because a worker may outlive the server
// that started it by a moment. Thread: one at a time; read_at() may be used by several. Every call blocks on
// the disk.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {

// A closed disc is a read-only file: whoever sees it knows.
[[nodiscard]] bool is_closed(const struct ::stat& image);

class ImageFile {
  public:
    enum class Access : std::uint8_t { read, write };
    // Errors: not_found, busy (another process writes it), permission, wrong_medium (no plain file).
    [[nodiscard]] static Result<ImageFile> open(const std::string& path, Access access);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    // A path to this very file, whatever becomes of its folder: for those who open it anew. Good in this
    // process.
    [[nodiscard]] std::string open_path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }
    [[nodiscard]] Result<bool> closed() const;
    [[nodiscard]] Status close_disc();
    [[nodiscard]] Result<std::uint64_t> size_bytes() const;
    // Bytes that exist; fewer than asked for at the end of the file.
    [[nodiscard]] Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) const;
    // kHeadBytes at `lba`, shorter at the end of the file.
    [[nodiscard]] Result<std::string> head_at(std::uint32_t lba) const;
    [[nodiscard]] Status write_at(std::string_view data, std::uint64_t offset);
    // Cuts the file to at most this size; never makes it longer.
    [[nodiscard]] Status cut_to(std::uint64_t size_bytes);
    [[nodiscard]] Status sync();
    // Durable, and out of the page cache as far as the kernel lets go: what is read next comes from the disk.
    // From now on read_past_cache() does not go through the cache at all where the file system can do that.
    [[nodiscard]] Status sync_and_forget();
    // As read_at(); buffer, size and offset must be multiples of kDirectBytes.
    [[nodiscard]] Result<std::size_t> read_past_cache(std::span<std::byte> buffer, std::uint64_t offset);

    static constexpr std::size_t kDirectBytes = 4096;

  private:
    ImageFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
    [[nodiscard]] Result<std::size_t> read_from(int fd, std::span<std::byte> buffer,
                                                std::uint64_t offset) const;

    std::string path_;
    UniqueFd fd_;
    UniqueFd direct_fd_;
};

}  // namespace burnbox
