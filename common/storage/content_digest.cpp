#include "common/storage/content_digest.hpp"

#include <algorithm>

#include "common/base/page_memory.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kReadBytes = 1U << 20U;

}  // namespace

Result<ContentDigest> digest_content(File& file, std::uint64_t likely_bytes) {
    ContentDigest result;
    Sha256Hasher hasher;
    PageMemory memory(std::min<std::uint64_t>(kReadBytes - 1, likely_bytes) + 1);
    for (;;) {
        BB_TRY(const std::size_t got, file.read_at(memory.bytes(), result.size_bytes));
        if (got == 0) break;
        hasher.update(memory.bytes().first(got));
        result.size_bytes += got;
    }
    result.sha256 = hasher.finish();
    return result;
}

}  // namespace burnbox
