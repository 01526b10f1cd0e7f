// Digests that a client asks for: of a file, of a part of it, or of its blocks. A file of 100 GB is read in
// slices, between which the disk pool does what else is to be done, so that nobody's seal waits for it.
#pragma once

#include <functional>
#include <string>

#include "server/upload/client.hpp"

namespace burnbox::upload {

// draft-ietf-secsh-filexfer-extensions-00 3: blocks are not smaller than this.
inline constexpr std::uint32_t kSmallestBlock = 256;
inline constexpr std::uint64_t kMostDigests = 4096;  // of one request: 128 KiB

[[nodiscard]] bool is_whole(const DigestRange& range, std::uint64_t size_bytes);
// Errors: Errc::invalid for a start beyond the end, blocks too small, or more than kMostDigests of them.
[[nodiscard]] Status check_range(const DigestRange& range, std::uint64_t size_bytes);

// Begins on the disk pool and answers on one of its threads. Errors: Errc::conflict when the file changed
// meanwhile, those of the file system. The file system outlives the pool's jobs.
void digest_file(FileSystem& fs, const std::string& path, const DigestRange& range,
                 const std::function<void(std::function<void()>)>& run_blocking,
                 std::function<void(Result<Digests>)> done);

}  // namespace burnbox::upload
