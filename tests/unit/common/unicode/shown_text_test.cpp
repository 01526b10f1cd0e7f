#include "common/unicode/shown_text.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>

using namespace burnbox;

namespace {

std::string said_by_a_shell(const std::string& word) {
    std::FILE* const shell = ::popen(("LC_ALL=C printf %s " + word).c_str(), "r");
    REQUIRE(shell != nullptr);
    std::array<char, 256> buffer;
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), shell);
    ::pclose(shell);
    return {buffer.data(), got};
}

}  // namespace

TEST_CASE("shown text: JSON says the same to a parser, with nothing that is not seen") {
    CHECK(show_json("{\n \"a\": \"ü\u202e\u2066\u200b\u007f\U000e0041 日\"\n}\n") ==
          "{\n \"a\": \"ü\\u202e\\u2066\\u200b\\u007f\\udb40\\udc41 日\"\n}\n");
    CHECK(show_json("\"\xff\"") == "\"\\ufffd\"");
    CHECK(show_json("").empty());
}

TEST_CASE("shown text: lines stay lines") {
    CHECK(show_lines("a\\ü\n\u202e\x1b[1m\t\xff\n") == "a\\ü\n\\xe2\\x80\\xae\\x1b[1m\\x09\\xff\n");
}

TEST_CASE("shown text: a shell gets the word back") {
    for (const std::string text :
         {"", "plain", "it's $HOME `id` \"x\" \\n", "a\nb\n", "a\u202e'\u200b\u2066z", "\x1b[31m%s\\\xff"}) {
        const std::string word = shell_quoted(text);
        CHECK(said_by_a_shell(word) == text);
        CHECK(show_lines(word) == word);
    }
}
