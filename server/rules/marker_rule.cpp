#include "server/rules/marker_rule.hpp"

#include <algorithm>
#include <array>

#include "common/bag/bag.hpp"
#include "common/base/glob.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox::upload {
namespace {

// What editors, browsers, copying programs and NAS put beside a file without anybody's asking.
constexpr std::array<std::string_view, 20> kOfPrograms = {"~$*",
                                                          "~lock.*#",
                                                          "#*#",
                                                          "*.temp",
                                                          "*.crdownload",
                                                          "*.download",
                                                          "*.opdownload",
                                                          "*.aria2",
                                                          "*.!ut",
                                                          "*.!qb",
                                                          "*.swp",
                                                          "*.swo",
                                                          "*.swx",
                                                          "4913",
                                                          "thumbs.db:encryptable",
                                                          "#recycle",
                                                          "@eadir",
                                                          "$recycle.bin",
                                                          "system volume information",
                                                          "lost+found"};

// ASCII only: names of programs that write aside.
std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

}  // namespace

bool is_marker_name(const SessionConfig& config, std::string_view inside) {
    return inside.find('/') == std::string_view::npos && !is_own_file(inside) &&
           std::ranges::find(config.marker, inside) != config.marker.end();
}

bool uses_checksum_list(const SessionConfig& config) {
    return is_marker_name(config, kChecksumList);
}

bool is_data_too(std::string_view marker, std::uint64_t size_bytes, bool checksum_list_used,
                 bool has_tag_files) {
    if (marker == kChecksumList && checksum_list_used) return true;
    return size_bytes > kMarkerBytes || (size_bytes > 0 && !has_tag_files);
}

bool has_tag_files(Layout layout, const Manifest& manifest) {
    return layout == Layout::bag && !is_bag(manifest);
}

bool is_ignored(const SessionConfig& config, std::string_view inside) {
    const std::string name = lower_case(inside);
    const auto fits = [&](std::string_view pattern) { return glob_match(lower_case(pattern), name); };
    return std::ranges::any_of(config.ignore, fits) || std::ranges::any_of(kOfPrograms, fits);
}

std::optional<std::string> marker_by_any_file(const SessionConfig& config, const AnyFileFacts& facts) {
    if (!config.any_file || !facts.writers_closed || !facts.folder_beside || !facts.data_below)
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
