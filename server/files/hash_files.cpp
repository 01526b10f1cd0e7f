#include "server/files/hash_files.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "common/storage/content_digest.hpp"
#include "server/files/file_record.hpp"

namespace burnbox::upload {
namespace {

constexpr std::size_t kHelpers = 3;

// Threads take the next path until there is none. Outlives the call for helpers that start late: they find
// nothing to do.
struct SharedWork {
    SharedWork(FileSystem& file_system, std::vector<std::string> given)
        : fs(file_system), paths(std::move(given)), results(paths.size()) {}

    void help() {
        for (std::size_t i = 0; (i = next++) < paths.size();) {
            auto result = hash_file(fs, paths[i]);
            const std::lock_guard lock(mutex);
            results[i] = std::move(result);
            if (++done == paths.size()) all_done.notify_all();
        }
    }

    FileSystem& fs;
    const std::vector<std::string> paths;
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::condition_variable all_done;
    std::size_t done = 0;
    std::vector<std::optional<Result<HashedFile>>> results;
};

}  // namespace

Result<HashedFile> hash_file(FileSystem& fs, const std::string& path) {
    BB_TRY(const auto file, fs.open(path, {.read = true}));
    BB_TRY(const FileInfo before, file->info());
    BB_TRY(const ContentDigest content, digest_content(*file, before.size_bytes));
    BB_TRY(const FileInfo after, file->info());
    if (stamp_of(before) != stamp_of(after))
        return fail(Errc::conflict, fmt::format("read {}: it changed meanwhile", path));
    return HashedFile{.sha256 = content.sha256, .info = after};
}

std::vector<Result<HashedFile>> hash_files(FileSystem& fs, std::vector<std::string> paths,
                                           const std::function<void(std::function<void()>)>& run_blocking) {
    if (paths.empty()) return {};
    const auto work = std::make_shared<SharedWork>(fs, std::move(paths));
    for (std::size_t i = 0; i < kHelpers && i + 1 < work->paths.size(); ++i)
        run_blocking([work] { work->help(); });
    work->help();
    std::unique_lock lock(work->mutex);
    work->all_done.wait(lock, [&] { return work->done == work->paths.size(); });
    std::vector<Result<HashedFile>> results;
    results.reserve(work->results.size());
    for (auto& result : work->results) results.push_back(std::move(*result));
    return results;
}

}  // namespace burnbox::upload
