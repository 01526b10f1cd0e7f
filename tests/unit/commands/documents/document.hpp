// What people read, as text: the tests beside this compare it with the tables of the code.
#pragma once

#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox::test {

// A file of the tree; of a manual page the text as it is printed: "\-" is "-", fonts are dropped.
[[nodiscard]] std::string document(std::string_view path);

// The text from the line with `from` up to the line with `to`; "" when there is no such line.
[[nodiscard]] std::string part_of(const std::string& text, const std::string& from, const std::string& to);

// Each whole match, or its first group.
[[nodiscard]] std::set<std::string> all_matches(const std::string& text, const std::string& pattern,
                                                int group = 0);

// "a b c", to be compared so that a difference can be read.
[[nodiscard]] std::string listed(const std::set<std::string>& words);

// Rows of Markdown's tables without the lines around them: "| a | b |" is {"a", "b"}.
[[nodiscard]] std::vector<std::vector<std::string>> table_rows(const std::string& text);

// Whether it stands there as a word of its own.
[[nodiscard]] bool has_word(const std::string& text, std::string_view word);

}  // namespace burnbox::test
