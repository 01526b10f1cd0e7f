#include "server/composition/reload.hpp"

namespace burnbox {

std::vector<std::string> keys_for_restart(const Config& running, const Config& wanted) {
    std::vector<std::string> keys;
    const auto compare = [&](const char* key, const auto& member) {
        if (running.*member != wanted.*member) keys.emplace_back(key);
    };
    compare("listen", &Config::listen);
    compare("state_dir", &Config::state_dir);
    compare("inbox_dir", &Config::inbox_dir);
    compare("catalogue", &Config::catalogue);
    compare("accounts", &Config::accounts);
    compare("session", &Config::session);
    compare("drives", &Config::drives);
    compare("pools", &Config::pools);
    compare("burn", &Config::burn);
    compare("watch", &Config::watch);
    compare("skim", &Config::skim);
    compare("signals_dir", &Config::signals_dir);
    compare("hooks", &Config::hooks);
    compare("limits", &Config::limits);
    compare("drain", &Config::drain);
    compare("log.format", &Config::log_format);
    return keys;
}

}  // namespace burnbox
