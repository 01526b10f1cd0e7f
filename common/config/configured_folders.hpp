// The folders that a configuration names, each with the key that names it: none may lie in another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

enum class FolderUse : std::uint8_t {
    inbox,
    images,  // of an emulated drive
    watched,
    skimmed,  // only read: several may read the same
};

struct ConfiguredFolder {
    std::string key;  // "watch[0].path"
    std::string path;
    FolderUse use = FolderUse::inbox;
};

// The inbox first, then by use, in the order of the configuration. Where a path is missing there is none.
[[nodiscard]] std::vector<ConfiguredFolder> configured_folders(const Config& config);

}  // namespace burnbox
