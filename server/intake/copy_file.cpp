#include "server/intake/copy_file.hpp"

#include <fmt/format.h>

#include "common/base/page_memory.hpp"

namespace burnbox::intake {
namespace {

constexpr std::size_t kReadBytes = 1U << 20U;

template <typename T>
using CopyResult = std::expected<T, CopyFailure>;

std::unexpected<CopyFailure> bad_original(Error error) {
    return std::unexpected(CopyFailure{.of_original = true, .error = std::move(error)});
}

std::unexpected<CopyFailure> has_changed(const CopyFrom& from) {
    return bad_original({Errc::conflict, 0, fmt::format("{} changed while it was copied", from.path)});
}

CopyResult<void> check_moment(File& original, const CopyFrom& from) {
    const auto now = original.info();
    if (!now) return bad_original(now.error());
    if (!same_moment(*now, from.expected)) return has_changed(from);
    return {};
}

CopyResult<std::unique_ptr<File>> open_original(const CopyFrom& from) {
    auto file = from.fs.open(from.path, {.read = true, .keep_atime = true});
    if (!file) return bad_original(std::move(file).error());
    BB_CHECK(check_moment(**file, from));
    return std::move(*file);
}

// Reads `file` to its end; what was read goes to `copy` too, if there is one.
CopyResult<Sha256> read_through(File& file, File* copy, const CopyFrom& from, const std::stop_token& stop) {
    Sha256Hasher hasher;
    PageMemory memory(std::min<std::uint64_t>(kReadBytes, from.expected.size_bytes + 1));
    std::uint64_t offset = 0;
    for (;;) {
        if (stop.stop_requested())
            return std::unexpected(
                CopyFailure{.error = {Errc::cancelled, 0,
                                      fmt::format("read {}: the server is being stopped", from.path)}});
        const auto got = file.read_at(memory.bytes(), offset);
        if (!got) return bad_original(got.error());
        if (*got == 0) break;
        const auto piece = memory.bytes().first(*got);
        hasher.update(piece);
        if (copy != nullptr) {
            if (const Status written = copy->write_at(piece, offset); !written)
                return std::unexpected(CopyFailure{.error = written.error()});
            copy->start_writeback(offset, *got);
        }
        offset += *got;
        if (offset > from.expected.size_bytes) return has_changed(from);  // and may grow for ever
    }
    if (offset != from.expected.size_bytes) return has_changed(from);
    return hasher.finish();
}

CopyResult<Sha256> fill(File& copy, const CopyFrom& from, const std::stop_token& stop) {
    BB_TRY(const auto original, open_original(from));
    const bool shared = from.expected.size_bytes > 0 && copy.share_blocks_of(*original);
    if (shared) BB_CHECK(check_moment(*original, from));  // what is written from now on is not in the copy
    BB_TRY(const Sha256 digest,
           read_through(shared ? copy : *original, shared ? nullptr : &copy, from, stop));
    if (!shared) BB_CHECK(check_moment(*original, from));
    Status done = copy.set_mode((from.expected.mode & 0777U) | 0600U);
    if (done) done = copy.set_times(from.expected.mtime, from.expected.mtime);
    if (!done) return std::unexpected(CopyFailure{.error = done.error()});
    return digest;
}

}  // namespace

bool same_moment(const FileInfo& one, const FileInfo& other) {
    return one.type == other.type && one.size_bytes == other.size_bytes && one.mtime == other.mtime &&
           one.ctime == other.ctime && one.inode == other.inode && one.device == other.device;
}

CopyResult<Sha256> copy_file(const CopyFrom& from, FileSystem& to, const std::string& to_path,
                             const std::stop_token& stop) {
    const auto copy = to.open(to_path, {.read = true, .write = true, .create = true, .exclusive = true});
    if (!copy) return std::unexpected(CopyFailure{.error = copy.error()});
    auto digest = fill(**copy, from, stop);
    if (!digest) (void)to.remove(to_path);
    return digest;
}

CopyResult<Sha256> read_digest(const CopyFrom& from, const std::stop_token& stop) {
    BB_TRY(const auto original, open_original(from));
    BB_TRY(const Sha256 digest, read_through(*original, nullptr, from, stop));
    BB_CHECK(check_moment(*original, from));
    return digest;
}

}  // namespace burnbox::intake
