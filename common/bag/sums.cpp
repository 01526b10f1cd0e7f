#include "common/bag/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace burnbox {
namespace {

constexpr std::size_t kDigits = 64;

std::optional<std::string> unescape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size()) return std::nullopt;
        if (text[i] == '\\')
            out += '\\';
        else if (text[i] == 'n')
            out += '\n';
        else if (text[i] == 'r')
            out += '\r';
        else
            return std::nullopt;
    }
    return out;
}

std::optional<SumLine> parse_line(std::string_view line) {
    const bool escaped = line.starts_with('\\');
    if (escaped) line.remove_prefix(1);
    if (line.size() < kDigits + 3) return std::nullopt;
    const auto digest = Sha256::parse(line.substr(0, kDigits));
    if (!digest || line[kDigits] != ' ' || (line[kDigits + 1] != ' ' && line[kDigits + 1] != '*'))
        return std::nullopt;
    std::string_view name = line.substr(kDigits + 2);
    while (name.starts_with("./")) {
        name.remove_prefix(2);
        while (name.starts_with('/')) name.remove_prefix(1);  // ".//a" is the same file
    }
    if (name.empty()) return std::nullopt;
    if (!escaped) return SumLine{std::string(name), *digest};
    auto plain = unescape(name);
    if (!plain) return std::nullopt;
    return SumLine{std::move(*plain), *digest};
}

}  // namespace

Result<std::vector<SumLine>> parse_sums(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<SumLine> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        auto parsed = parse_line(line);
        if (!parsed)
            return fail(
                Errc::invalid,
                fmt::format(
                    "line {} of the checksum list is not in sha256sum's format (digest, two spaces, path)",
                    number));
        lines.push_back(std::move(*parsed));
    }
    return lines;
}

}  // namespace burnbox
