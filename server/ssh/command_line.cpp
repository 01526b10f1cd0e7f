#include "server/ssh/command_line.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLongestCommand = std::size_t{64} << 10U;
constexpr std::size_t kMostWords = 1000;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

// Takes what stands at the text's front in double quotes, where a backslash escapes only $ ` " \ and newline
// (POSIX 2.2.3).
bool take_double_quoted(std::string_view& text, std::string& word) {
    while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\' && text.size() > 1 &&
            std::string_view("$`\"\\\n").find(text[1]) != std::string_view::npos) {
            text.remove_prefix(1);
            if (text.front() != '\n') word += text.front();
        } else {
            word += text.front();
        }
        text.remove_prefix(1);
    }
    if (text.empty()) return false;
    text.remove_prefix(1);
    return true;
}

bool take_single_quoted(std::string_view& text, std::string& word) {
    const std::size_t end = text.find('\'');
    if (end == std::string_view::npos) return false;
    word += text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
}

// One word from the text's front; false = an unclosed quote or a backslash at the end.
bool take_word(std::string_view& text, std::string& word) {
    while (!text.empty() && !is_blank(text.front())) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\'') {
            if (!take_single_quoted(text, word)) return false;
        } else if (c == '"') {
            if (!take_double_quoted(text, word)) return false;
        } else if (c == '\\') {
            if (text.empty()) return false;
            if (text.front() != '\n') word += text.front();
            text.remove_prefix(1);
        } else {
            word += c;
        }
    }
    return true;
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
    if (command.size() > kLongestCommand) return fail(Errc::invalid, "command: longer than 64 KiB");
    if (command.find('\0') != std::string_view::npos) return fail(Errc::invalid, "command: has a NUL in it");
    std::vector<std::string> words;
    for (;;) {
        while (!command.empty() && is_blank(command.front())) command.remove_prefix(1);
        if (command.empty()) return words;
        if (words.size() == kMostWords) return fail(Errc::invalid, "command: more than 1000 words");
        if (!take_word(command, words.emplace_back()))
            return fail(Errc::invalid, "command: a quote is not closed");
    }
}

}  // namespace burnbox
