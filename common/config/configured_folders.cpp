#include "common/config/configured_folders.hpp"

#include <fmt/format.h>

namespace burnbox {

std::vector<ConfiguredFolder> configured_folders(const Config& config) {
    std::vector<ConfiguredFolder> folders{{"inbox_dir", config.inbox_dir, FolderUse::inbox}};
    for (const auto& [name, drive] : config.drives)
        if (drive.emulated())
            folders.push_back({fmt::format("drives.{}.image_dir", name), drive.image_dir, FolderUse::images});
    for (std::size_t i = 0; i < config.watch.size(); ++i)
        folders.push_back({fmt::format("watch[{}].path", i), config.watch[i].path, FolderUse::watched});
    for (std::size_t i = 0; i < config.skim.size(); ++i)
        folders.push_back({fmt::format("skim[{}].from", i), config.skim[i].from, FolderUse::skimmed});
    std::erase_if(folders, [](const ConfiguredFolder& folder) { return folder.path.empty(); });
    return folders;
}

}  // namespace burnbox
