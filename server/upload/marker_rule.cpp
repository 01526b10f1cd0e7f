#include "server/upload/marker_rule.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/session/names.hpp"

namespace burnbox::upload {

bool is_marker_name(const SessionConfig& config, std::string_view inside) {
    return inside.find('/') == std::string_view::npos && !is_own_file(inside) &&
           std::ranges::find(config.marker, inside) != config.marker.end();
}

bool uses_checksum_list(const SessionConfig& config) {
    return is_marker_name(config, kChecksumList);
}

bool is_ignored(const SessionConfig& config, std::string_view inside) {
    return std::ranges::any_of(config.ignore,
                               [&](const std::string& pattern) { return glob_match(pattern, inside); });
}

std::optional<std::string> marker_by_any_file(const SessionConfig& config, const AnyFileFacts& facts) {
    if (!config.any_file || !facts.writers_closed || !facts.folder_beside || !facts.data_below ||
        !facts.rest_whole)
        return std::nullopt;
    if (facts.top_files.size() != 1) return std::nullopt;
    const AnyFileFacts::TopFile& file = facts.top_files.front();
    if (!file.whole || is_own_file(file.name) || is_ignored(config, file.name)) return std::nullopt;
    // A named marker was answered when it was complete; if it is still here, that answer was no.
    if (is_marker_name(config, file.name)) return std::nullopt;
    if (file.sender_opened == 0 || file.sender_opened <= facts.rest_completed) return std::nullopt;
    return file.name;
}

std::string no_marker_text(const SessionConfig& config) {
    if (config.marker.empty()) return "no marker yet: ask for it with the command burn";
    return "no marker yet: send " + config.marker.front();
}

}  // namespace burnbox::upload
