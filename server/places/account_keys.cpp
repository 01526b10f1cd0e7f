#include "server/places/account_keys.hpp"

#include "common/base/log.hpp"

namespace burnbox {

std::map<std::string, std::string> keys_wrong(const Config& config) {
    std::map<std::string, std::string> wrong;
    for (const auto& [name, account] : config.accounts)
        if (!account.keys_wrong.empty()) wrong.emplace(name, account.keys_wrong);
    return wrong;
}

void tell_keys_wrong(const Config& config) {
    for (const auto& [name, wrong] : keys_wrong(config))
        log::warning("keys not accepted", log::kv("account", name),
                     log::kv("keys", config.accounts.at(name).keys.size()), log::kv("reason", wrong));
}

}  // namespace burnbox
