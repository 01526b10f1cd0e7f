// What the next disc session on a disc takes for what is on it already: every disc session brings the whole
// tree along, the folders and names of all before it. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "common/catalogue/catalogue.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

// Sectors of the session's own files and of its recovery files, which are on the disc in every layout. Pure.
[[nodiscard]] std::uint64_t payload_sector_bytes(const SealedSession& session);

class DiscTrees {
  public:
    DiscTrees(Catalogue& catalogue, FileSystem& state_fs) : catalogue_(catalogue), state_fs_(state_fs) {}

    // Never too small; 0 for a blank disc. It is what the newest disc session took without its files. Blocks
    // on the catalogue and on seal records, once after each burn.
    [[nodiscard]] Result<std::uint64_t> bytes_on(const DiscRow& disc);

  private:
    struct Known {
        unsigned sessions_used = 0;
        std::uint64_t bytes = 0;
    };
    [[nodiscard]] Result<std::uint64_t> measure(DiscId disc);
    // 0 when nobody can say any more what was in it: then that counts as tree.
    [[nodiscard]] std::uint64_t payload_of(const DiscSessionRow& row);

    Catalogue& catalogue_;
    FileSystem& state_fs_;
    std::mutex mutex_;
    std::map<DiscId, Known> known_;
};

}  // namespace burnbox
