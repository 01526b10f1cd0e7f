// What the next disc session on a disc takes for what is on it already: every disc session brings the whole
// tree along, the folders and names of all before it. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

class DiscTrees {
  public:
    explicit DiscTrees(Catalogue& catalogue) : catalogue_(catalogue) {}

    // Never too small; 0 for a blank disc. Blocks on the catalogue, once after each burn.
    [[nodiscard]] Result<std::uint64_t> bytes_on(const DiscRow& disc);

  private:
    struct Known {
        unsigned sessions_used = 0;
        std::uint64_t bytes = 0;
    };
    [[nodiscard]] Result<std::uint64_t> measure(DiscId disc);

    Catalogue& catalogue_;
    std::mutex mutex_;
    std::map<DiscId, Known> known_;
};

}  // namespace burnbox
