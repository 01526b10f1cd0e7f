#include "common/config/current_config.hpp"

namespace burnbox {

Limits limits_of(const CurrentConfig& config) {
    const ConfigSnapshot now = config.snapshot();
    return now->limits;
}

std::optional<std::string> pool_of(const CurrentConfig& config, const std::string& account) {
    const ConfigSnapshot now = config.snapshot();
    const auto found = now->accounts.find(account);
    if (found == now->accounts.end()) return std::nullopt;
    return found->second.pool;
}

unsigned copies_of(const CurrentConfig& config, const std::string& pool) {
    const ConfigSnapshot now = config.snapshot();
    const auto found = now->pools.find(pool);
    return found == now->pools.end() ? 0 : found->second.copies;
}

}  // namespace burnbox
