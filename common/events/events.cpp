#include "common/events/events.hpp"

#include <algorithm>

namespace burnbox {

std::shared_ptr<void> Events::subscribe(Listener listener) {
    auto entry = std::make_shared<Entry>();
    entry->listener = std::move(listener);
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const std::weak_ptr<Entry>& weak) { return weak.expired(); });
    entries_.push_back(entry);
    // The handle empties the listener under its mutex, so that none runs after the handle is gone.
    return {entry.get(), [entry](void*) {
                const std::lock_guard guard(entry->mutex);
                entry->listener = nullptr;
            }};
}

void Events::publish(const Event& event) {
    std::vector<std::shared_ptr<Entry>> entries;
    {
        const std::lock_guard lock(mutex_);
        for (const std::weak_ptr<Entry>& weak : entries_)
            if (auto entry = weak.lock()) entries.push_back(std::move(entry));
    }
    for (const std::shared_ptr<Entry>& entry : entries) {
        const std::lock_guard lock(entry->mutex);
        if (entry->listener) entry->listener(event);
    }
}

}  // namespace burnbox
