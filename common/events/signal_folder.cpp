#include "common/events/signal_folder.hpp"

#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {

SignalFolder::SignalFolder(FileSystem& folder, Events& events, std::chrono::milliseconds retry)
    : folder_(folder), retry_(retry) {
    for (const Condition& condition : conditions()) changes_.insert(&condition);  // nothing stands: removed
    subscription_ = events.subscribe([this](const Event& event) {
        const std::lock_guard lock(mutex_);
        const Condition* condition = board_.take(event);
        if (condition == nullptr) return;
        changes_.insert(condition);
        changed_.notify_all();
    });
    thread_ = std::jthread(
        [this](const std::stop_token& stop) { (void)guard_part("signals", [&] { run(stop); }); });
}

SignalFolder::~SignalFolder() {
    stop();
}

void SignalFolder::stop() {
    subscription_.reset();
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void SignalFolder::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto something = [this] { return !changes_.empty(); };
        if (wrong_.empty())
            changed_.wait(lock, stop, something);
        else if (!changed_.wait_for(lock, stop, retry_, something))
            changes_.insert(wrong_.begin(), wrong_.end());
        const bool last = stop.stop_requested();
        for (const Condition* condition : std::exchange(changes_, {})) {
            const std::optional<std::string> text = board_.text(*condition);
            lock.unlock();
            if (update(*condition, text))
                wrong_.erase(condition);
            else
                wrong_.insert(condition);
            lock.lock();
        }
        if (last) return;
    }
}

// Says once what can't be done, and every change of the files.
bool SignalFolder::update(const Condition& condition, const std::optional<std::string>& text) {
    const Status done = put(condition, text);
    if (!done) {
        if (!wrong_.contains(&condition))
            log::error("signal not written", log::kv("signal", condition.signal), log::kv(done.error()),
                       log::kv("remedy", "make signals_dir writable; it is tried again"));
        return false;
    }
    if (text ? standing_.insert(&condition).second : standing_.erase(&condition) != 0)
        log::warning(text ? "signal raised" : "signal cleared", log::kv("signal", condition.signal));
    return true;
}

Status SignalFolder::put(const Condition& condition, const std::optional<std::string>& text) {
    const std::string name(condition.signal);
    if (!text) {
        const Status removed = folder_.remove(name);
        return removed || removed.error().code == Errc::not_found ? Status() : removed;
    }
    const Status written = replace_file(folder_, name, *text, Durability::visible);
    // On a full file system a signal without its text says more than none; the text comes when there is room.
    if (!written && written.error().code == Errc::no_space)
        (void)replace_file(folder_, name, "", Durability::visible);
    return written;
}

}  // namespace burnbox
