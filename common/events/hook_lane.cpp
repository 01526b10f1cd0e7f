#include "common/events/hook_lane.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/events/hook_input.hpp"
#include "common/process/timed_run.hpp"

namespace burnbox {

HookLane::HookLane(HookConfig hook, Spawner& spawner, std::vector<std::string> environment,
                   const HookRules& rules)
    : hook_(std::move(hook)), spawner_(spawner), environment_(std::move(environment)), rules_(rules) {
    thread_ = std::thread([this] { (void)guard_part("hook", [this] { work(); }); });
}

HookLane::~HookLane() {
    stop();
}

void HookLane::add(const Event& event) {
    if (std::ranges::find(hook_.on, event.kind) == hook_.on.end()) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (waiting_.size() < rules_.most_waiting) {
        waiting_.push_back(event);
        return changed_.notify_all();
    }
    if (dropped_++ == 0)
        log::error(
            "hook falls behind", log::kv("hook", hook_.run[0]), log::kv("event", to_string(event.kind)),
            log::kv("waiting", waiting_.size()),
            log::kv("reason", "its program takes too long; events are dropped until it has caught up"));
}

void HookLane::begin_stop() {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && !waiting_.empty())
        log::warning("hook events dropped", log::kv("hook", hook_.run[0]), log::kv("events", waiting_.size()),
                     log::kv("reason", "the server stops"));
    stopping_ = true;
    waiting_.clear();
    changed_.notify_all();
}

void HookLane::stop() {
    if (!thread_.joinable()) return;
    begin_stop();
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, rules_.grace, [this] { return !running_; })) killer_.kill();
    }
    thread_.join();
}

void HookLane::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        const Event event = std::move(waiting_.front());
        waiting_.pop_front();
        if (waiting_.empty()) report_dropped();
        running_ = true;
        lock.unlock();
        run(event);
        lock.lock();
        running_ = false;
        changed_.notify_all();
    }
}

void HookLane::report_dropped() {
    if (dropped_ != 0)
        log::error("hook events dropped", log::kv("hook", hook_.run[0]), log::kv("events", dropped_),
                   log::kv("reason", "its program took too long"));
    dropped_ = 0;
}

void HookLane::run(const Event& event) {
    const auto failed = [&](std::string_view reason, const std::string& last_words) {
        log::error("hook failed", log::kv("hook", hook_.run[0]), log::kv("event", to_string(event.kind)),
                   log::kv("reason", reason), log::kv("last_words", last_words));
    };
    auto child = spawner_.run({.argv = hook_.run,
                               .environment = event_environment(event, environment_),
                               .own_group = true,
                               .take_errors = true});
    if (!child) return failed(child.error().message, "");
    {
        const std::lock_guard lock(mutex_);
        killer_ = child->killer();
    }
    const auto ending = end_within(*child, event_json(event), rules_.limit);
    if (!ending) return failed(ending.error().message, "");
    if (ending->timed_out)
        return failed(fmt::format("it ran for {} s and was ended", rules_.limit / std::chrono::seconds(1)),
                      ending->last_words);
    if (ending->code > 128)
        return failed(fmt::format("signal {} ended it", ending->code - 128), ending->last_words);
    if (ending->code != 0) return failed(fmt::format("exit code {}", ending->code), ending->last_words);
    log::debug("hook ran", log::kv("hook", hook_.run[0]), log::kv("event", to_string(event.kind)));
}

}  // namespace burnbox
