#include "server/service/command_line.hpp"

#include <doctest/doctest.h>

using burnbox::split_command;
using Words = std::vector<std::string>;

TEST_CASE("command line: words, quotes and backslashes as a shell's quoting means them") {
    CHECK(*split_command("scp -r -t holiday/") == Words{"scp", "-r", "-t", "holiday/"});
    CHECK(*split_command("  a\t b\n") == Words{"a", "b"});
    CHECK(*split_command("find '*.jpg' \"two words\" a\\ b") == Words{"find", "*.jpg", "two words", "a b"});
    CHECK(*split_command(R"(x 'it'\''s' "say \"hi\" \$x \n")") == Words{"x", "it's", R"(say "hi" $x \n)"});
    CHECK(*split_command("'' \"\"") == Words{"", ""});
    CHECK(split_command("")->empty());
}

TEST_CASE("command line: nothing is expanded or run") {
    CHECK(*split_command("a;b $(id) `id` $HOME *.c >x &") ==
          Words{"a;b", "$(id)", "`id`", "$HOME", "*.c", ">x", "&"});
}

TEST_CASE("command line: a pattern is what was not quoted") {
    using burnbox::split_command_words;
    const auto words = *split_command_words(R"(-f *.c 'a*'?[x] "*" \* plain)");
    CHECK(words[1].is_pattern);
    CHECK(words[2].is_pattern);
    CHECK(words[2].text == "a*?[x]");
    CHECK(words[2].pattern == "a\\*?[x]");
    for (const std::size_t i : {0U, 3U, 4U, 5U}) CHECK_FALSE(words[i].is_pattern);
    CHECK(words[4].text == "*");
}

TEST_CASE("command line: unclosed quotes, NULs and floods are refused") {
    for (const std::string& bad : {std::string("'a"), std::string("\"a"), std::string("a\\"),
                                   std::string("a\0b", 3), std::string(70'000, 'a')})
        CHECK_FALSE(split_command(bad));
    std::string many;
    for (int i = 0; i < 2000; ++i) many += "x ";
    CHECK_FALSE(split_command(many));
}
