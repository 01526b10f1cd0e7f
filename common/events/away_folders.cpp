#include "common/events/away_folders.hpp"

#include "common/base/log.hpp"

namespace burnbox {

void AwayFolders::tell(const std::string& folder, const std::string& why) {
    const std::lock_guard lock(mutex_);
    const auto known = away_.find(folder);
    if ((known == away_.end() ? std::string() : known->second) == why) return;
    if (why.empty())
        log::info("folder is back", log::kv("folder", folder));
    else
        log::error("folder is away", log::kv("folder", folder), log::kv("reason", why));
    if (why.empty())
        away_.erase(known);
    else
        away_[folder] = why;
    Event event;
    event.kind = away_.empty() ? EventKind::folder_away_cleared : EventKind::folder_away;
    event.time = clock_.now();
    for (const auto& [path, reason] : away_) event.message += (event.message.empty() ? "" : "; ") + reason;
    events_.publish(event);
}

std::map<std::string, std::string> AwayFolders::list() const {
    const std::lock_guard lock(mutex_);
    return away_;
}

}  // namespace burnbox
