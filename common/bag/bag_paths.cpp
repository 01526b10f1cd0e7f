#include "common/bag/bag_paths.hpp"

#include <algorithm>
#include <cstdint>

namespace burnbox {
namespace {

enum class Codes : std::uint8_t { all, line_ends, none };

// %0A and %0D, and %25 with Codes::all, in either case; anything else stays as it is.
std::string decoded(std::string_view text, Codes codes) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view code = codes == Codes::none ? std::string_view() : text.substr(i, 3);
        if (code == "%25" && codes == Codes::all)
            out += '%';
        else if (code == "%0A" || code == "%0a")
            out += '\n';
        else if (code == "%0D" || code == "%0d")
            out += '\r';
        else {
            out += text[i];
            continue;
        }
        i += 2;
    }
    return out;
}

void add_readings(std::vector<std::string>& readings, std::string_view path) {
    while (path.starts_with("./")) path.remove_prefix(2);
    const auto add = [&](std::string reading) {
        if (std::ranges::find(readings, reading) == readings.end()) readings.push_back(std::move(reading));
    };
    for (const Codes codes : {Codes::all, Codes::line_ends, Codes::none}) add(decoded(path, codes));
}

bool is_plain(std::string_view path) {
    return !path.starts_with('*') && !path.starts_with('.') &&
           path.find_first_of("%\\") == std::string_view::npos;
}

// The next part of a path, without its '/'.
std::string_view take_part(std::string_view& path) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return part;
}

bool has_letters_beyond_ascii(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

std::vector<std::string> readings_of(std::string_view listed) {
    if (is_plain(listed)) return {std::string(listed)};
    std::vector<std::string> readings;
    const std::string_view named = listed.starts_with('*') ? listed.substr(1) : listed;
    add_readings(readings, named);
    if (named.find('\\') != std::string_view::npos) {
        std::string slashes(named);
        std::ranges::replace(slashes, '\\', '/');
        add_readings(readings, slashes);
    }
    add_readings(readings, listed);  // the name of a tag file may begin with '*'
    return readings;
}

bool may_be_same_letters(std::string_view one, std::string_view other) {
    while (!one.empty() && !other.empty()) {
        const std::string_view part = take_part(one), its = take_part(other);
        if (part != its && !(has_letters_beyond_ascii(part) && has_letters_beyond_ascii(its))) return false;
    }
    return one.empty() && other.empty();
}

}  // namespace burnbox
