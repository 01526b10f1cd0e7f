// Looks at a test disc without anything of burnbox: its tracks, its blocks, and its
// files as libarchive (bsdtar) reads them, or else libisofs (xorriso). Aborts when the file is no test disc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/mmc/files.hpp"

namespace burnbox::test {

class DiscWitness {
  public:
    explicit DiscWitness(const std::string& path);

    [[nodiscard]] const mmc::DiscState& state() const { return state_; }
    // How often this block is on the disc, whatever points to it.
    [[nodiscard]] unsigned count(const std::string& block);
    // The files of disc session `number` as a reader sees them that begins there: content by path. Empty when
    // it can't be read.
    [[nodiscard]] std::map<std::string, std::string> files(unsigned number);

  private:
    struct Range {
        std::int32_t first, end;
    };
    [[nodiscard]] std::vector<Range> recorded() const;
    [[nodiscard]] std::vector<std::uint8_t> read(Range range);

    mmc::DiscFile file_;
    mmc::DiscState state_;
};

}  // namespace burnbox::test
