// What makes the recovery files of one set: the program par2, or a fake in tests.
#pragma once

#include <functional>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

struct ParityOrder {
    std::string tree;    // host path of a folder that holds exactly the set's files, or links to them
    std::string output;  // host path of the index file, "/.../set-0001.par2"; the volume gets a longer name
    std::uint64_t block_bytes = 0;
    std::uint64_t parity_blocks = 0;
};

class ParityProgram {
  public:
    virtual ~ParityProgram() = default;
    // Is told how much is done, some times a second; false ends the program.
    using GoOn = std::function<bool(double percent)>;
    // Blocks, for hours with large sets. Errors: unsupported (the program is not installed), cancelled,
    // timeout, io (what it said).
    [[nodiscard]] virtual Status make_set(const ParityOrder& order, const GoOn& go_on) = 0;
};

}  // namespace burnbox
