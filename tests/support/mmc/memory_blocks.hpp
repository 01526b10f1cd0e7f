// The blocks of a test disc in memory, for tests of the model alone.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "tests/support/mmc/model.hpp"

namespace burnbox::mmc {

class MemoryBlocks final : public BlockStore {
  public:
    void read(std::int32_t lba, std::span<std::uint8_t> into) override {
        for (std::size_t at = 0; at < into.size(); at += kBlockBytes, ++lba) {
            const auto found = blocks_.find(lba);
            std::fill_n(into.begin() + static_cast<std::ptrdiff_t>(at), kBlockBytes, std::uint8_t{0});
            if (found != blocks_.end())
                std::ranges::copy(found->second, into.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    void write(std::int32_t lba, std::span<const std::byte> blocks) override {
        for (; !blocks.empty(); blocks = blocks.subspan(kBlockBytes), ++lba) {
            auto& block = blocks_[lba];
            block.clear();
            for (const std::byte byte : blocks.first(kBlockBytes))
                block.push_back(std::to_integer<std::uint8_t>(byte));
        }
    }

  private:
    std::map<std::int32_t, std::vector<std::uint8_t>> blocks_;
};

}  // namespace burnbox::mmc
