#include "common/events/signal_board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace burnbox {
namespace {

constexpr std::size_t kMostCases = 20;  // in the text

std::string whose(const Event& event) {
    return event.drive.empty() ? event.account + "/" + event.session : event.drive;
}

std::string indented(const std::string& text) {
    std::string lines = "    ";
    for (const char c : text) {
        lines += c;
        if (c == '\n') lines += "    ";
    }
    return lines;
}

std::string paragraph(const Event& event) {
    std::string where;
    const auto add = [&](std::string_view word, const std::string& value) {
        if (!value.empty()) where += fmt::format("{}{} {}", where.empty() ? ": " : ", ", word, value);
    };
    add("drive", event.drive);
    add("disc", event.disc);
    if (!event.session.empty()) add("session", event.account + "/" + event.session);
    return fmt::format("Since {}{}\n{}", to_iso8601(event.time), where,
                       event.message.empty() ? "" : indented(event.message) + "\n");
}

}  // namespace

const Condition* SignalBoard::take(const Event& event) {
    const Condition* condition = find_condition(event.kind);
    if (condition == nullptr) return nullptr;
    auto& cases = cases_[condition];
    if (event.kind == condition->ends) {
        cases.erase(whose(event));
        return condition;
    }
    const auto [known, is_new] = cases.try_emplace(whose(event), event);
    if (!is_new) {
        const Timestamp since = known->second.time;
        known->second = event;
        known->second.time = since;
    }
    return condition;
}

std::optional<std::string> SignalBoard::text(const Condition& condition) const {
    const auto found = cases_.find(&condition);
    if (found == cases_.end() || found->second.empty()) return std::nullopt;
    std::vector<const Event*> oldest_first;
    for (const auto& [key, event] : found->second) oldest_first.push_back(&event);
    std::ranges::stable_sort(oldest_first, {}, [](const Event* event) { return event->time; });
    std::string text = fmt::format("{}\n\n", condition.means);
    for (std::size_t i = 0; i < std::min(oldest_first.size(), kMostCases); ++i)
        text += paragraph(*oldest_first[i]);
    if (oldest_first.size() > kMostCases)
        text += fmt::format("... and {} more\n", oldest_first.size() - kMostCases);
    return text + fmt::format("\nWhat to do: {}\n", condition.remedy);
}

}  // namespace burnbox
