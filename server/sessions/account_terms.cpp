#include "server/sessions/account_terms.hpp"

#include <utility>

namespace burnbox::upload {

AccountTerms::AccountTerms(std::string account, const CurrentConfig& config)
    : account_(std::move(account)), config_(config), seen_(config.generation() - 1) {
    look();
}

// Locked, or nobody else has it yet. The generation before the snapshot: what is published in between is seen
// the next time.
void AccountTerms::look() const {
    const std::uint64_t generation = config_.generation();
    if (generation == seen_) return;
    seen_ = generation;
    const ConfigSnapshot config = config_.snapshot();
    const auto found = config->accounts.find(account_);
    if (found == config->accounts.end()) return;
    pool_ = found->second.pool;
    rights_ = found->second.rights;
    quota_bytes_ = found->second.quota_bytes;
}

Rights AccountTerms::rights() const {
    const std::lock_guard lock(mutex_);
    look();
    return rights_;
}

std::uint64_t AccountTerms::quota_bytes() const {
    const std::lock_guard lock(mutex_);
    look();
    return quota_bytes_;
}

std::string AccountTerms::pool() const {
    const std::lock_guard lock(mutex_);
    look();
    return pool_;
}

}  // namespace burnbox::upload
