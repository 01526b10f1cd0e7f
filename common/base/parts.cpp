#include "common/base/parts.hpp"

#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "common/base/log.hpp"

namespace burnbox {
namespace {

struct Listener {
    std::mutex mutex;
    std::function<void(std::string_view, std::string_view)> told;
    std::optional<std::pair<std::string, std::string>>
        untold;  // the first that failed before anybody listened
};

Listener& listener() {
    static Listener one;
    return one;
}

}  // namespace

void set_part_failed(std::function<void(std::string_view, std::string_view)> told) {
    const std::lock_guard lock(listener().mutex);
    listener().told = std::move(told);
    if (!listener().told) return;
    if (const auto failed = std::exchange(listener().untold, std::nullopt))
        listener().told(failed->first, failed->second);
}

void part_failed(std::string_view part, std::string_view reason) {
    log::error("part failed", log::kv("part", part), log::kv("reason", reason));
    const std::lock_guard lock(listener().mutex);
    if (listener().told) return listener().told(part, reason);
    if (!listener().untold) listener().untold.emplace(part, reason);
}

bool guard_part(std::string_view part, const std::function<void()>& function) {
    try {
        function();
        return true;
    } catch (const std::exception& error) {
        part_failed(part, error.what());
    } catch (...) {
        part_failed(part, "an exception of an unknown kind");
    }
    return false;
}

}  // namespace burnbox
