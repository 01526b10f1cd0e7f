#include "common/base/glob.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>

#include "tests/support/run_number.hpp"

using namespace burnbox;

namespace {

// What the words in glob.hpp say, step by step and slowly. Of sets it knows [ab] and [!ab].
bool reference_match(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() == '*') {
        const bool deep = pattern.starts_with("**");
        std::string_view rest = pattern;
        while (rest.starts_with('*')) rest.remove_prefix(1);
        for (std::size_t taken = 0;; ++taken) {
            if (reference_match(rest, text.substr(taken))) return true;
            if (taken == text.size() || (!deep && text[taken] == '/')) return false;
        }
    }
    if (text.empty()) return false;
    const char c = text.front();
    bool fits = pattern.front() == c;
    std::size_t length = 1;
    if (pattern.front() == '?') {
        fits = c != '/';
    } else if (const std::size_t close = pattern.find(']'); pattern.front() == '[' && close != pattern.npos) {
        const bool negated = pattern[1] == '!';
        const std::string_view set = pattern.substr(1 + negated, close - 1 - negated);
        fits = (set.find(c) != set.npos) != negated && c != '/';
        length = close + 1;
    }
    return fits && reference_match(pattern.substr(length), text.substr(1));
}

std::string random_text(std::mt19937_64& random, const std::vector<std::string>& pieces, std::size_t most) {
    std::string text;
    for (std::size_t left = random() % (most + 1); left > 0; --left) text += pieces[random() % pieces.size()];
    return text;
}

}  // namespace

TEST_CASE("glob_match: shell patterns over whole paths") {
    CHECK(glob_match("*.jpg", "a.jpg"));
    CHECK_FALSE(glob_match("*.jpg", "d/a.jpg"));
    CHECK(glob_match("**.jpg", "d/e/a.jpg"));
    CHECK(glob_match("d/**/c", "d/a/b/c"));
    CHECK(glob_match("?", "a"));
    CHECK_FALSE(glob_match("?", "/"));
    CHECK_FALSE(glob_match("?", ""));
    CHECK(glob_match("[a-c]x", "bx"));
    CHECK_FALSE(glob_match("[!a-c]x", "bx"));
    CHECK(glob_match("[!a-c]x", "dx"));
    CHECK(glob_match("\\*", "*"));
    CHECK_FALSE(glob_match("\\*", "a"));
    CHECK(glob_match("[", "["));
    CHECK(glob_match("*", ""));
    CHECK_FALSE(glob_match("", "a"));
    CHECK(glob_match("*a*b*c", "xxaxxbxxc"));
    CHECK(glob_match(".*", ".hidden"));
    CHECK(glob_match("[]a]", "]"));
    CHECK(glob_match("[a-]", "-"));
    CHECK(glob_match("[^a]", "b"));
    CHECK_FALSE(glob_match("[!a]", "/"));
    CHECK(glob_match("\\", "\\"));
    CHECK(glob_match("[\xC3\xA4]*", "\xC3\xA4"));  // bytes, not characters
}

TEST_CASE("glob: patterns longer than a machine word match like short ones") {
    const std::string long_text(200, 'a');
    CHECK(glob_match(long_text, long_text));
    CHECK(glob_match(std::string(199, '?') + "*a", long_text));
    CHECK_FALSE(glob_match(long_text + "a", long_text));
    CHECK(glob_match("*" + std::string(100, '?') + "b" + std::string(99, 'a') + "*/**",
                     long_text + "b" + long_text + "/x/y"));
}

TEST_CASE("glob: a match that goes wrong late costs no more than one that goes wrong early") {
    const auto began = std::chrono::steady_clock::now();
    const std::string set = "[" + std::string(60'000, 'b') + "]";
    CHECK_FALSE(glob_match("**[a]*" + set, std::string(255, 'a')));
    CHECK_FALSE(glob_match("**a*" + std::string(300, 'a') + "*b", std::string(4096, 'a')));
    CHECK_FALSE(glob_match("*a*a*a*a*a*a*a*a*a*b", std::string(4096, 'a')));
    CHECK_FALSE(glob_match(std::string(30'000, '['), std::string(255, 'a')));
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(1));  // it was minutes
}

TEST_CASE("glob: what matches is what the words say") {
    const test::RunNumbers numbers = test::run_numbers(20'000);
    CAPTURE(numbers.seed);
    std::mt19937_64 random(numbers.seed);
    const std::vector<std::string> pieces = {"a", "b", "/", "*", "**", "?", "[ab]", "[!b]", "*", "a"};
    for (unsigned i = 0; i < numbers.runs; ++i) {
        const std::string pattern = random_text(random, pieces, 8);
        const std::string text = random_text(random, {"a", "b", "/", "c"}, 10);
        CAPTURE(pattern);
        CAPTURE(text);
        CHECK(glob_match(pattern, text) == reference_match(pattern, text));
    }
}
