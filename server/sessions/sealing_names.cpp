#include "server/sessions/sealing_names.hpp"

namespace burnbox {

SealingNames::Hold::Hold(SealingNames& names, std::string account, std::string name)
    : names_(names), key_(std::move(account), std::move(name)) {
    std::unique_lock lock(names_.mutex_);
    names_.changed_.wait(lock, [&] { return !names_.held_.contains(key_); });
    names_.held_.insert(key_);
}

SealingNames::Hold::~Hold() {
    const std::lock_guard lock(names_.mutex_);
    names_.held_.erase(key_);
    names_.changed_.notify_all();
}

}  // namespace burnbox
