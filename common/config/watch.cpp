// Folders filled by others.
#include "common/config/sections.hpp"

namespace burnbox {

ValueReader watch_section(std::vector<WatchConfig>& watch) {
    return [&watch](const YamlNode& value, const std::string& key, Reading& reading) {
        if (!is_list(value, key, reading, "a list of {path, account, settle}")) return;
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const std::string item = item_key(key, i);
            reading.places[item] = value.items[i].place;
            WatchConfig folder;
            const std::size_t findings = reading.findings.count();
            read_keys(value.items[i], item, reading,
                      {
                          {"path", folder_path(folder.path)},
                          {"account", text(folder.account)},
                          {"settle", duration(folder.settle, std::chrono::milliseconds(1))},
                      });
            if (folder.path.empty() && reading.findings.count() == findings)
                reading.wrong(item, "it has no path");
            if (folder.account.empty() && reading.findings.count() == findings)
                reading.wrong(item, "it has no account; whose sessions are these?");
            watch.push_back(std::move(folder));
        }
    };
}

}  // namespace burnbox
