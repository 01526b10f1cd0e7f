#include "common/events/hooks.hpp"

#include "common/process/inherited_environment.hpp"

namespace burnbox {

Hooks::Hooks(const std::vector<HookConfig>& hooks, Events& events, Spawner& spawner, const HookRules& rules) {
    const std::vector<std::string> environment = inherited_environment();
    for (const HookConfig& hook : hooks)
        lanes_.push_back(std::make_unique<HookLane>(hook, spawner, environment, rules));
    subscription_ = events.subscribe([this](const Event& event) {
        for (const auto& lane : lanes_) lane->add(event);
    });
}

Hooks::~Hooks() {
    stop();
}

void Hooks::stop() {
    subscription_.reset();
    for (const auto& lane : lanes_) lane->begin_stop();
    std::vector<std::thread> stopping;
    for (const auto& lane : lanes_) stopping.emplace_back([&lane] { lane->stop(); });
    for (std::thread& thread : stopping) thread.join();
}

}  // namespace burnbox
