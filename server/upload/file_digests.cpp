#include "server/upload/file_digests.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/page_memory.hpp"
#include "common/base/text.hpp"
#include "server/sessions/open_session.hpp"

namespace burnbox::upload {
namespace {

constexpr std::uint64_t kSliceBytes = 16ULL << 20U;
constexpr std::size_t kReadBytes = 1U << 20U;

std::uint64_t length_of(const DigestRange& range, std::uint64_t size_bytes) {
    const std::uint64_t rest = size_bytes - std::min(range.start, size_bytes);
    return range.length == 0 ? rest : std::min(range.length, rest);
}

class DigestJob : public std::enable_shared_from_this<DigestJob> {
  public:
    DigestJob(FileSystem& fs, std::string path, const DigestRange& range,
              std::function<void(std::function<void()>)> run_blocking,
              std::function<void(Result<Digests>)> done)
        : fs_(fs),
          path_(std::move(path)),
          range_(range),
          run_blocking_(std::move(run_blocking)),
          done_(std::move(done)) {}

    // One slice, then the next one behind whatever else waits for the pool.
    void run() {
        const auto finished = slice();
        if (!finished) return done_(std::unexpected(finished.error()));
        if (*finished) return done_(std::move(digests_));
        run_blocking_([self = shared_from_this()] { self->run(); });
    }

  private:
    Status open() {
        BB_TRY(file_, fs_.open(path_, {.read = true}));
        BB_TRY(before_, file_->info());
        offset_ = range_.start;
        end_ = range_.start + length_of(range_, before_.size_bytes);
        block_ = range_.block == 0 ? std::max<std::uint64_t>(end_ - offset_, 1) : range_.block;
        return {};
    }

    // True when the last digest is taken.
    Result<bool> slice() {
        if (!file_) BB_CHECK(open());
        PageMemory memory(kReadBytes);
        for (std::uint64_t left = kSliceBytes; left > 0 && offset_ < end_;) {
            const std::uint64_t wanted =
                std::min({left, end_ - offset_, block_ - in_block_, std::uint64_t{kReadBytes}});
            BB_TRY(const std::size_t got,
                   file_->read_at(memory.bytes().first(static_cast<std::size_t>(wanted)), offset_));
            if (got == 0) return changed();
            take(memory.bytes().first(got));
            left -= got;
        }
        if (offset_ < end_) return false;
        if (in_block_ > 0 || digests_.empty()) digests_.push_back(hasher_.finish());
        BB_TRY(const FileInfo after, file_->info());
        if (stamp_of(before_) != stamp_of(after)) return changed();
        return true;
    }

    void take(std::span<const std::byte> data) {
        hasher_.update(data);
        offset_ += data.size();
        in_block_ += data.size();
        if (in_block_ < block_) return;
        digests_.push_back(hasher_.finish());
        hasher_.reset();
        in_block_ = 0;
    }

    [[nodiscard]] std::unexpected<Error> changed() const {
        return fail(Errc::conflict, fmt::format("read {}: it changed meanwhile", escape(path_)));
    }

    FileSystem& fs_;
    const std::string path_;
    const DigestRange range_;
    const std::function<void(std::function<void()>)> run_blocking_;
    const std::function<void(Result<Digests>)> done_;
    std::unique_ptr<File> file_;
    FileInfo before_;
    std::uint64_t offset_ = 0, end_ = 0, block_ = 0, in_block_ = 0;
    Sha256Hasher hasher_;
    Digests digests_;
};

}  // namespace

bool is_whole(const DigestRange& range, std::uint64_t size_bytes) {
    return range.start == 0 && (range.length == 0 || range.length >= size_bytes) &&
           (range.block == 0 || range.block >= size_bytes);
}

Status check_range(const DigestRange& range, std::uint64_t size_bytes) {
    if (range.start > size_bytes)
        return fail(Errc::invalid, fmt::format("check-file: the start {} lies beyond the end of the file, {}",
                                               range.start, size_bytes));
    if (range.block == 0) return {};
    if (range.block < kSmallestBlock)
        return fail(Errc::invalid,
                    fmt::format("check-file: blocks must have {} bytes at least", kSmallestBlock));
    if (length_of(range, size_bytes) / range.block >= kMostDigests)
        return fail(Errc::invalid,
                    fmt::format("check-file: more than {} blocks; ask for larger ones", kMostDigests));
    return {};
}

void digest_file(FileSystem& fs, const std::string& path, const DigestRange& range,
                 const std::function<void(std::function<void()>)>& run_blocking,
                 std::function<void(Result<Digests>)> done) {
    const auto job = std::make_shared<DigestJob>(fs, path, range, run_blocking, std::move(done));
    run_blocking([job] { job->run(); });
}

}  // namespace burnbox::upload
