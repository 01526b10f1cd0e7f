#include "common/events/hook_input.hpp"

#include <algorithm>
#include <utility>

#include "common/base/text.hpp"
#include "common/session/json_line.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostMessageBytes = 8'000;  // in JSON at most six times as long

// JSON is UTF-8: what is not is escaped, and nothing is cut in the middle of a character.
std::string readable(const std::string& text) {
    if (!is_utf8(text)) return readable(escape(text));
    std::size_t end = std::min(text.size(), kMostMessageBytes);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

// Name and value of the fields that apply.
std::vector<std::pair<std::string_view, std::string>> fields_of(const Event& event) {
    std::vector<std::pair<std::string_view, std::string>> fields = {
        {"event", std::string(to_string(event.kind))}, {"time", to_iso8601(event.time)}};
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) fields.emplace_back(name, readable(value));
    };
    add("account", event.account);
    add("session", event.session);
    add("disc", event.disc);
    add("drive", event.drive);
    add("message", event.message);
    return fields;
}

}  // namespace

std::string event_json(const Event& event) {
    std::string json;
    JsonLineWriter line(json);
    for (const auto& [name, value] : fields_of(event)) line.text(name, value);
    line.end();
    return json;
}

std::vector<std::string> event_environment(const Event& event, const std::vector<std::string>& inherited) {
    std::vector<std::string> environment = inherited;
    for (const auto& [name, value] : fields_of(event)) {
        std::string variable = "BURNBOX_";
        for (const char c : name) variable += static_cast<char>(c - 'a' + 'A');
        environment.push_back(variable + "=" + value.substr(0, value.find('\0')));
    }
    return environment;
}

}  // namespace burnbox
