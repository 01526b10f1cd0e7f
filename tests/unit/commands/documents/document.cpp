#include "tests/unit/commands/documents/document.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "common/config/text_file.hpp"

namespace burnbox::test {
namespace {

std::string printed(const std::string& roff) {
    const std::string dashes = std::regex_replace(roff, std::regex(R"(\\-)"), "-");
    return std::regex_replace(dashes, std::regex(R"(\\f[A-Z])"), "");
}

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

}  // namespace

std::string document(std::string_view path) {
    std::string text = read_text_file(std::string(BURNBOX_SOURCE_DIR "/").append(path)).value();
    return path.starts_with("packaging/man/") ? printed(text) : text;
}

std::string part_of(const std::string& text, const std::string& from, const std::string& to) {
    const std::size_t begin = text.find("\n" + from);
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find("\n" + to, begin + 1) - begin);
}

std::set<std::string> all_matches(const std::string& text, const std::string& pattern, int group) {
    const std::regex regex(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
        found.insert((*match)[static_cast<std::size_t>(group)]);
    return found;
}

std::string listed(const std::set<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::vector<std::string>> table_rows(const std::string& text) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| ") || line.starts_with("| --")) continue;
        std::vector<std::string> cells;
        for (std::size_t at = 1, bar = 0; (bar = line.find('|', at)) != std::string::npos; at = bar + 1)
            cells.push_back(trimmed(std::string_view(line).substr(at, bar - at)));
        rows.push_back(std::move(cells));
    }
    return rows;
}

bool has_word(const std::string& text, std::string_view word) {
    const auto is_part = [](char c) {
        return (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '_' || c == '-';
    };
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) return true;
    }
    return false;
}

}  // namespace burnbox::test
