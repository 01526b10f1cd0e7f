#include "server/service/command_line.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLongestCommand = std::size_t{64} << 10U;
constexpr std::size_t kMostWords = 1000;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

bool is_special(char c) {
    return c == '*' || c == '?' || c == '[';
}

void add_plain(CommandWord& word, char c) {
    word.text += c;
    word.pattern += c;
    word.is_pattern = word.is_pattern || is_special(c);
}

// Of a quoted character only the character is meant.
void add_quoted(CommandWord& word, char c) {
    word.text += c;
    if (is_special(c) || c == '\\') word.pattern += '\\';
    word.pattern += c;
}

// Takes what stands at the text's front in double quotes, where a backslash escapes only $ ` " \ and newline
// (POSIX 2.2.3).
bool take_double_quoted(std::string_view& text, CommandWord& word) {
    while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\' && text.size() > 1 &&
            std::string_view("$`\"\\\n").find(text[1]) != std::string_view::npos) {
            text.remove_prefix(1);
            if (text.front() != '\n') add_quoted(word, text.front());
        } else {
            add_quoted(word, text.front());
        }
        text.remove_prefix(1);
    }
    if (text.empty()) return false;
    text.remove_prefix(1);
    return true;
}

bool take_single_quoted(std::string_view& text, CommandWord& word) {
    const std::size_t end = text.find('\'');
    if (end == std::string_view::npos) return false;
    for (const char c : text.substr(0, end)) add_quoted(word, c);
    text.remove_prefix(end + 1);
    return true;
}

// One word from the text's front; false = an unclosed quote or a backslash at the end.
bool take_word(std::string_view& text, CommandWord& word) {
    while (!text.empty() && !is_blank(text.front())) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\'') {
            if (!take_single_quoted(text, word)) return false;
        } else if (c == '"') {
            if (!take_double_quoted(text, word)) return false;
        } else if (c == '\\') {
            if (text.empty()) return false;
            if (text.front() != '\n') add_quoted(word, text.front());
            text.remove_prefix(1);
        } else {
            add_plain(word, c);
        }
    }
    return true;
}

}  // namespace

Result<std::vector<CommandWord>> split_command_words(std::string_view command) {
    if (command.size() > kLongestCommand) return fail(Errc::invalid, "command: longer than 64 KiB");
    if (command.find('\0') != std::string_view::npos) return fail(Errc::invalid, "command: has a NUL in it");
    std::vector<CommandWord> words;
    for (;;) {
        while (!command.empty() && is_blank(command.front())) command.remove_prefix(1);
        if (command.empty()) return words;
        if (words.size() == kMostWords) return fail(Errc::invalid, "command: more than 1000 words");
        if (!take_word(command, words.emplace_back()))
            return fail(Errc::invalid, "command: a quote is not closed");
    }
}

Result<std::vector<std::string>> split_command(std::string_view command) {
    BB_TRY(auto words, split_command_words(command));
    std::vector<std::string> texts;
    texts.reserve(words.size());
    for (CommandWord& word : words) texts.push_back(std::move(word.text));
    return texts;
}

}  // namespace burnbox
