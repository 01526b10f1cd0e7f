// How many files this process may have open, against what its configuration needs.
#pragma once

#include <cstdint>
#include <string>

#include "common/config/config.hpp"

namespace burnbox {

struct DescriptorNeed {
    std::uint64_t least = 0;  // without any client
    std::uint64_t all = 0;    // with `limits.connections` clients, each with a file open
};
[[nodiscard]] DescriptorNeed descriptor_need(const Config& config);

// Raises the soft limit as far as the hard one allows. Error: limit, when that is not even the least.
// `warning` gets a sentence when it is less than all.
[[nodiscard]] Status provide_descriptors(const Config& config, std::string& warning);

}  // namespace burnbox
